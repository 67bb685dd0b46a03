#include "engine/layers/count_text.h"
#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/layers/operations.h"

#include <algorithm>

namespace burdock {
namespace {

struct SplitParams {
    std::int64_t parts = 2;
};

/// Parts lie one after another along the channels; of a sequence, along the features of each position.
std::int64_t axisOf(const Shape& in) {
    return in.isSequence() ? in.width : in.channels;
}

Shape partOf(const SplitParams& p, Shape in) {
    (in.isSequence() ? in.width : in.channels) /= p.parts;
    return in;
}

Result<Shape> inferSplit(const SplitParams& p, std::span<const Shape> in) {
    const std::int64_t axis = axisOf(in[0]);
    if (axis % p.parts == 0) return partOf(p, in[0]);
    std::int64_t fitting = std::min(p.parts, axis);
    while (axis % fitting != 0)
        --fitting;
    Diagnostic d;
    d.code = "split.parts";
    d.what = "The input cannot be split into equal parts.";
    d.why = std::string(in[0].isSequence() ? "Each position has " : "It has ") + std::to_string(axis) +
            (in[0].isSequence() ? " features" : " channels") + ", and " + std::to_string(p.parts) +
            " parts are wanted.";
    d.mend = "Choose a number of parts that divides them, such as " + std::to_string(fitting) + ".";
    d.param = "parts";
    d.fix = Fix{Fix::Kind::SetParam, "Set parts to " + std::to_string(fitting), {}, "parts", fitting, {}, 0};
    return refuse(std::move(d));
}

/// The inverse of Concatenate: y₁, y₂, … are slices of x.
template <class T>
class SplitKernel final : public Kernel<T> {
  public:
    SplitKernel(const SplitParams& p, std::span<const Shape> in)
        : parts_(static_cast<std::size_t>(p.parts))
        , run_(partOf(p, in[0]).size())
        , rows_(1) {
        if (in[0].isSequence()) { // each position has its own slice
            rows_ = in[0].height;
            run_ /= rows_;
        }
    }

    void forward(const Pass<T>& pass) override {
        for (std::size_t k = 0; k < parts_; ++k) {
            T* y = k == 0 ? pass.output.data : pass.moreOutputs[k - 1].data;
            for (std::int64_t row = 0; row < pass.output.batch * rows_; ++row)
                y = std::copy_n(slice(pass.inputs[0].data, row, k), run_, y);
        }
    }
    void backward(const Pass<T>& pass) override {
        const Tensor<T>& dx = pass.inputGradients[0];
        for (std::size_t k = 0; dx && k < parts_; ++k) {
            const T* const dy = k == 0 ? pass.outputGradient.data : pass.moreOutputGradients[k - 1].data;
            for (std::int64_t row = 0; row < dx.batch * rows_; ++row) {
                T* const at = slice(dx.data, row, k);
                if (dy)
                    std::copy_n(dy + row * run_, run_, at);
                else
                    std::fill_n(at, run_, T(0));
            }
        }
    }

  private:
    template <class U>
    U* slice(U* data, std::int64_t row, std::size_t part) const {
        return data + (row * static_cast<std::int64_t>(parts_) + static_cast<std::int64_t>(part)) * run_;
    }

    std::size_t parts_;
    std::int64_t run_, rows_; ///< values that lie together, and how often a sample has such
};

} // namespace

LayerSchema splitLayer() {
    LayerSchema s;
    s.id = "split";
    s.name = "Split";
    s.category = Category::Merge;
    s.doc = "Cuts its input into equal parts along the channels (of a sequence, along the features), each an "
            "output of "
            "its own. Branches then work on different channels, as in ShuffleNet.";
    s.formula = "[y₁; y₂; …] = x";
    s.keywords = "slice chunk divide branch channels shuffle outputs";
    s.perPosition = true;
    ParamTable<SplitParams> t;
    t.add(&SplitParams::parts,
          {.key = "parts", .label = "Parts", .minimum = 1, .maximum = 64, .doc = "How many outputs it has."});
    return LayerBuilder<SplitParams>(std::move(s), t)
        .infer(inferSplit)
        .outputs(
            [](const SplitParams& p) {
                std::vector<std::string> names;
                for (std::int64_t i = 1; i <= p.parts; ++i)
                    names.push_back("part " + std::to_string(i));
                return names;
            },
            [](const SplitParams& p, std::span<const Shape> in) {
                return std::vector<Shape>(static_cast<std::size_t>(p.parts - 1), partOf(p, in[0]));
            })
        .summary([](const SplitParams& p) { return countText(p.parts, "part"); })
        .kernel<SplitKernel>()
        .computes([](const SplitParams& p, std::span<const Shape> in) {
            const Shape part = partOf(p, in[0]);
            return operation::Split{p.parts, part.isSequence() ? part.width : part.size()};
        })
        .sample("a vector in two", {2}, {{6, 1, 1}})
        .sample("maps in three", {3}, {{6, 2, 3}})
        .sample("a sequence in two", {2}, {Shape::sequence(3, 4)})
        .build();
}

} // namespace burdock
