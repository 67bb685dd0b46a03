#include "engine/models/adaptation.h"

#include "engine/graph/apply_fix.h"
#include "engine/models/templates.h"
#include "engine/train/sample_kind.h"
#include "engine/train/trainer.h"

#include <algorithm>

namespace burdock {
namespace {

const Diagnostic* firstError(const std::vector<Diagnostic>& found) {
    const auto error = std::ranges::find(found, Severity::Error, &Diagnostic::severity);
    return error == found.end() ? nullptr : &*error;
}

/// A Flatten or the like, which changes no value, before a layer that does not take what arrives.
bool reshapes(const Fix& fix) {
    const LayerSchema* layer = layerRegistry().find(fix.layer);
    return fix.kind == Fix::Kind::InsertBefore && layer && layer->keepsValues;
}

/// The network's sizes made those of the data, or the first error that is left.
Result<Graph> sized(Graph graph, const DatasetInfo& data, const TrainConfig& config,
                    std::vector<std::string>& changes) {
    constexpr int most = 16; // fixes; none is needed twice
    for (int i = 0; i < most; ++i) {
        graph = adapted(std::move(graph), data, config, &changes);
        const std::vector<Diagnostic> found = checkTraining(graph, data, config);
        const Diagnostic* const error = firstError(found);
        if (!error) return graph;
        if (!error->fix || !reshapes(*error->fix) || !applyReshaping(graph, *error->fix))
            return refuse(*error);
        changes.push_back(error->fix->label + " before " + error->where);
    }
    return refuse(*firstError(checkTraining(graph, data, config)));
}

bool isOfSettings(const Diagnostic& why) {
    return (why.fix && why.fix->kind == Fix::Kind::SetSetting) ||
           std::ranges::any_of(TrainConfig::table().specs(),
                               [&](const ParamSpec& spec) { return spec.key == why.where; });
}

Diagnostic refusal(const Graph& graph, std::string code, std::string why, std::string_view fitting) {
    Diagnostic d;
    d.code = std::move(code);
    d.where = graph.name;
    d.what = "The network cannot be adapted to these data.";
    d.why = std::move(why);
    d.mend = fitting.empty() ? "Choose other data."
                             : "Open a fitting template, such as template:" + std::string(fitting) + ".";
    return d;
}

/// Without a template to name.
Result<Adaptation> attempt(const Graph& graph, const DatasetInfo& data, TrainConfig config) {
    const auto network = checkNetwork(graph);
    if (!network) return refuse(network.error());
    if (network->parameters() == 0) // which checking tells best
        if (const auto found = checkTraining(graph, data, config); firstError(found))
            return refuse(*firstError(found));
    const Shape& wanted = network->inputShape();
    const SampleKind kind = kindOf(*network), has = kindOf(data);
    // Rows that have as many numbers as a picture has pixels may be pictures.
    const bool asPictures =
        kind == SampleKind::Maps && has == SampleKind::Rows && PictureFit::isPossible(data, wanted);
    if (!suits(kind, has) && !asPictures)
        return refuse(refusal(graph, "adapt.kind",
                              "It is made for " + std::string(sampleKindText(kind)) + ", and " + data.title +
                                  " has " + std::string(sampleKindText(has)) + ".",
                              {}));
    Adaptation made{{}, config, {}};
    if (asPictures && config.fit == Fit::Off) {
        made.config.fit = config.fit = Fit::Resize;
        made.changes.push_back("Read the samples as " + toString(wanted));
    }
    auto fitted = sized(graph, data, config, made.changes);
    if (fitted) {
        made.graph = std::move(*fitted);
        return made;
    }
    constexpr std::int64_t furthest = 4;
    const bool near =
        wanted.height <= furthest * data.input.height && wanted.width <= furthest * data.input.width;
    if (config.fit != Fit::Off || !near || !PictureFit::isPossible(data, wanted))
        return refuse(fitted.error());
    const Diagnostic tooSmall = fitted.error();
    made.config.fit = Fit::Resize;
    made.changes.clear();
    fitted = sized(graph, data, made.config, made.changes);
    if (!fitted) return refuse(tooSmall);
    made.graph = std::move(*fitted);
    made.changes.insert(made.changes.begin(), "Resize the pictures to " + toString(wanted));
    return made;
}

} // namespace

Result<Adaptation> adaptedTo(Graph graph, const DatasetInfo& data, TrainConfig config, bool keepsSettings) {
    if (!keepsSettings) config = adapted(std::move(config), data);
    auto made = attempt(graph, data, config);
    if (made) return made;
    const Diagnostic& why = made.error();
    if (!why.node && isOfSettings(why)) return made; // no network mends it
    const std::string cause =
        why.code == "adapt.kind" ? why.why : placed(why) + (why.why.empty() ? "" : " " + why.why);
    Diagnostic d =
        refusal(graph, why.code == "adapt.kind" ? why.code : "adapt.sizes", cause, fittingTemplate(data));
    d.node = why.node;
    return refuse(std::move(d));
}

std::string_view fittingTemplate(const DatasetInfo& data) {
    const bool numbers = data.task->targetKind == TargetKind::Number;
    std::vector<std::string_view> ids;
    if (data.task->generates)
        ids = {"gpt-nano"};
    else if (data.mask)
        ids = {"unet64", "unet"};
    else if (isPicture(data.input))
        ids = {"lecture-cnn", "lenet5", "mlp"};
    else
        ids = {numbers ? "regression-mlp" : "classification-mlp"};
    for (const std::string_view id : ids)
        if (const ModelTemplate* const found = findTemplate(id);
            found && attempt(found->build(), data, adapted(found->settings, data)))
            return id;
    return {};
}

} // namespace burdock
