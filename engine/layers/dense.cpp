#include "engine/layers/dense.h"
#include "engine/layers/count_text.h"
#include "engine/layers/operations.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/layers/sequence.h"
#include "engine/schema/layer_registry.h"

#include <armadillo>

namespace burdock {
namespace {

ParamTable<DenseParams> table() {
    ParamTable<DenseParams> t;
    t.add(&DenseParams::units, {.key = "units",
                                .label = "Units",
                                .minimum = 1,
                                .maximum = 1 << 20,
                                .doc = "Neurons of the layer, each with a weight for every input.",
                                .role = ParamRole::OutputFeatures});
    t.add(&DenseParams::bias,
          {.key = "bias",
           .label = "Bias",
           .doc = "Adds a learned constant to each unit. Not needed before batch normalisation.",
           .advanced = true});
    t.add(&DenseParams::positionwise,
          {.key = "positionwise",
           .label = "At each position",
           .doc = "For sequences: the same weights at each position, to the features there alone.",
           .advanced = true});
    t.add(&DenseParams::tiedTo,
          {.key = "tied_to",
           .label = "Weights of",
           .doc =
               "The name of an earlier layer whose weights it uses as its own, such as the Embedding: what "
               "reads a token then also tells it (Press and Wolf, 2017).",
           .advanced = true});
    return t;
}

/// How many values a unit sees.
std::int64_t inputsOf(const DenseParams& p, const Shape& in) {
    return p.positionwise ? Sequence(in).features : in.size();
}

Result<Shape> inferShape(const DenseParams& p, std::span<const Shape> in) {
    if (p.positionwise) {
        if (const Status sequence = checkSequence(in[0]); !sequence) return refuse(sequence.error());
        return Shape::sequence(in[0].height, p.units);
    }
    if (in[0].isFlat()) return Shape{p.units, 1, 1};
    Diagnostic d;
    d.code = "dense.not-flat";
    d.what = "A dense layer takes a vector, and feature maps arrive.";
    d.why = "The input is " + toString(in[0]) + ".";
    d.mend = "Put a Flatten or a global pooling before it; on a sequence, let it work at each position.";
    d.fix = insertMaking("Insert a Flatten", in[0], {in[0].size(), 1, 1});
    return refuse(std::move(d));
}

std::vector<WeightSpec> weightSpecs(const DenseParams& p, std::span<const Shape> in) {
    const std::int64_t n = inputsOf(p, in[0]);
    std::vector<WeightSpec> specs{{"weight", {p.units, n}, Initializer::GlorotUniform, n, p.units}};
    if (!p.tiedTo.empty()) specs[0].sharedWith = p.tiedTo + ".weight";
    if (p.bias)
        specs.push_back({"bias", {p.units}, Initializer::Zeros, n, p.units, WeightRole::Parameter, false});
    return specs;
}

/// Y (units × B) = W X + b; positionwise, each position is a column. W is kept row-major as (units, inputs):
/// a view of it is Wᵗ (inputs × units).
template <class T>
class DenseKernel final : public Kernel<T> {
  public:
    DenseKernel(const DenseParams& p, std::span<const Shape> in)
        : units_(static_cast<arma::uword>(p.units))
        , inputs_(static_cast<arma::uword>(inputsOf(p, in[0])))
        , bias_(p.bias) {}

    void forward(const Pass<T>& pass) override {
        const arma::Mat<T> wt(pass.weights[0], inputs_, units_, false, true);
        arma::Mat<T> y = columns(pass.output, units_);
        y = wt.t() * columns(pass.inputs[0], inputs_);
        if (bias_) y.each_col() += arma::Col<T>(pass.weights[1], units_, false, true);
    }
    void backward(const Pass<T>& pass) override {
        const arma::Mat<T> x = columns(pass.inputs[0], inputs_);
        const arma::Mat<T> dy = columns(pass.outputGradient, units_);
        if (pass.weightGradients[0]) {
            arma::Mat<T> dwt(pass.weightGradients[0], inputs_, units_, false, true);
            dwt = x * dy.t();
        }
        if (bias_ && pass.weightGradients[1]) {
            arma::Col<T> db(pass.weightGradients[1], units_, false, true);
            db = arma::sum(dy, 1);
        }
        if (pass.inputGradients[0]) {
            const arma::Mat<T> wt(pass.weights[0], inputs_, units_, false, true);
            arma::Mat<T> dx = columns(pass.inputGradients[0], inputs_);
            dx = wt * dy;
        }
    }

  private:
    static arma::Mat<T> columns(const Tensor<T>& t, arma::uword rows) {
        return {t.data, rows, static_cast<arma::uword>(t.size()) / rows, false, true};
    }
    arma::uword units_, inputs_;
    bool bias_;
};

} // namespace

LayerSchema denseLayer() {
    LayerSchema s;
    s.id = "dense";
    s.name = "Dense";
    s.category = Category::Dense;
    s.perPosition = true;
    s.doc = "Every unit sees every input: a weighted sum and a bias. With an activation after it, it is the "
            "layer of "
            "the multilayer perceptron.";
    s.formula = "y = W·x + b";
    s.keywords = "fully connected linear perceptron affine inner product gemm";
    return LayerBuilder<DenseParams>(std::move(s), table())
        .infer(inferShape)
        .makes([](const Shape& from, const Shape& to) {
            const bool fits = from.isFlat() && to.isFlat();
            return fits ? std::optional(DenseParams{.units = to.channels}) : std::nullopt;
        })
        .weights(weightSpecs)
        .macs([](const DenseParams& p, std::span<const Shape> in) { return p.units * in[0].size(); })
        .summary([](const DenseParams& p) { return countText(p.units, "unit"); })
        .kernel<DenseKernel>()
        .computes([](const DenseParams& p, std::span<const Shape>) {
            return operation::Dense{p.units, p.bias};
        })
        .sample("7 to 5", {5, true}, {{7, 1, 1}})
        .sample("without bias", {3, false}, {{4, 1, 1}})
        .sample("one unit", {1, true}, {{3, 1, 1}})
        .sample("one input", {2, true}, {{1, 1, 1}})
        .sample("at each position", {5, true, true}, {Shape::sequence(3, 4)})
        .build();
}

} // namespace burdock
