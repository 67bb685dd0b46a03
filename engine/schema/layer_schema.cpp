#include "engine/schema/layer_schema.h"

#include <array>

namespace burdock {
namespace {

struct Names {
    Category category;
    std::string_view key, label;
};
constexpr std::array names = {
    Names{Category::Input, "input", "Input"},
    Names{Category::Dense, "dense", "Dense"},
    Names{Category::Convolution, "convolution", "Convolution"},
    Names{Category::Pooling, "pooling", "Pooling"},
    Names{Category::Sequence, "sequence", "Sequence"},
    Names{Category::Activation, "activation", "Activation"},
    Names{Category::Normalization, "normalization", "Normalization"},
    Names{Category::Regularization, "regularization", "Regularization"},
    Names{Category::Merge, "merge", "Merge"},
    Names{Category::Reshape, "reshape", "Reshape"},
};

} // namespace

std::string_view categoryKey(Category category) {
    return names[static_cast<std::size_t>(category)].key;
}
std::string_view categoryLabel(Category category) {
    return names[static_cast<std::size_t>(category)].label;
}

std::span<const Category> allCategories() {
    static const auto all = [] {
        std::array<Category, names.size()> list{};
        for (std::size_t i = 0; i < names.size(); ++i)
            list[i] = names[i].category;
        return list;
    }();
    return all;
}

std::string_view outputKindText(OutputKind kind) {
    switch (kind) {
    case OutputKind::Logits:
        return "logits";
    case OutputKind::Scores:
        return "scores";
    case OutputKind::Distribution:
        return "a probability distribution";
    case OutputKind::Probabilities:
        return "probabilities";
    case OutputKind::Decisions:
        return "decisions, 0 or 1";
    case OutputKind::Numbers:
        break;
    }
    return "numbers";
}

std::int64_t WeightSpec::size() const {
    std::int64_t product = 1;
    for (const auto dim : dims)
        product *= dim;
    return product;
}

int LayerSchema::outputCount(const ParamValues& values) const {
    return outputNames ? std::max(1, static_cast<int>(outputNames(values).size())) : 1;
}

std::string_view LayerSchema::lacks() const {
    if (version > 1 && !migrate) return "migrate";
    return inferShape && weightSpecs && cost && makeKernel && makeOracle
               ? ""
               : "inferShape, weightSpecs, cost, makeKernel and makeOracle";
}

const ParamSpec* LayerSchema::param(std::string_view key) const {
    for (const ParamSpec& spec : params)
        if (spec.key == key) return &spec;
    return nullptr;
}

const ParamSpec* LayerSchema::paramOf(ParamRole role) const {
    for (const ParamSpec& spec : params)
        if (spec.role == role) return &spec;
    return nullptr;
}

} // namespace burdock
