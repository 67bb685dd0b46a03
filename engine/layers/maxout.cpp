#include "engine/layers/activations.h"
#include "engine/layers/families.h"
#include "engine/layers/feature_axis.h"
#include "engine/layers/layer_builder.h"

#include <algorithm>
#include <numeric>

namespace burdock {
namespace {

Result<Shape> inferShape(const MaxoutParams& p, std::span<const Shape> in) {
    const FeatureAxis axis(in[0]);
    if (axis.features % p.pieces == 0) return axis.with(in[0], axis.features / p.pieces);
    const std::int64_t fitting = std::gcd(axis.features, p.pieces);
    Diagnostic d;
    d.code = "maxout.pieces";
    d.param = "pieces";
    d.what = "The features cannot be split into pieces of this size.";
    d.why = "The input has " + std::to_string(axis.features) + (axis.sequence ? " features." : " channels.");
    d.mend = "Make the layer before it a multiple of " + std::to_string(p.pieces) + " wide.";
    d.fix =
        Fix{Fix::Kind::SetParam, "Set pieces to " + std::to_string(fitting), {}, "pieces", fitting, {}, 0};
    return refuse(std::move(d));
}

/// Output feature f is the largest of the input features f·k … f·k + k − 1 of its place.
template <class T>
class MaxoutKernel final : public Kernel<T> {
  public:
    MaxoutKernel(const MaxoutParams& p, std::span<const Shape>)
        : pieces_(p.pieces) {}

    void forward(const Pass<T>& pass) override {
        forEach(pass, [&](std::int64_t out, std::int64_t winner) {
            pass.output.data[out] = pass.inputs[0].data[winner];
        });
    }
    /// The gradient goes to the first of the largest.
    void backward(const Pass<T>& pass) override {
        const Tensor<T>& dx = pass.inputGradients[0];
        if (!dx) return;
        std::fill_n(dx.data, dx.size(), T(0));
        forEach(pass, [&](std::int64_t out, std::int64_t winner) {
            dx.data[winner] = pass.outputGradient.data[out];
        });
    }

  private:
    template <class Visit>
    void forEach(const Pass<T>& pass, Visit visit) const {
        const Tensor<T>& in = pass.inputs[0];
        const FeatureAxis axis(in.shape);
        const std::int64_t outputs = axis.features / pieces_;
        const T* const x = in.data;
        for (std::int64_t n = 0; n < in.batch; ++n)
            for (std::int64_t p = 0; p < axis.places; ++p)
                for (std::int64_t f = 0; f < outputs; ++f) {
                    std::int64_t best = n * in.shape.size() + axis.first(p) + f * pieces_ * axis.step;
                    for (std::int64_t k = 1, at = best + axis.step; k < pieces_; ++k, at += axis.step)
                        if (x[at] > x[best] || x[at] != x[at]) best = at; // a NaN wins
                    const std::int64_t place = axis.sequence ? p * outputs : p;
                    visit(n * pass.output.shape.size() + place + f * axis.step, best);
                }
    }

    std::int64_t pieces_;
};

} // namespace

LayerSchema maxoutLayer() {
    LayerSchema s;
    s.id = "maxout";
    s.name = "Maxout";
    s.category = Category::Activation;
    s.doc = "Keeps the largest of every k neighbouring features, so that the layer before it learns a convex "
            "activation of k straight pieces for each output (Goodfellow et al., 2013). Made for dropout.";
    s.formula = "y[f] = max x[f·k + j], j = 0 … k − 1";
    s.keywords = "maximum pieces linear goodfellow dropout channel pooling";
    s.perPosition = true;
    ParamTable<MaxoutParams> t;
    t.add(&MaxoutParams::pieces, {.key = "pieces",
                                  .label = "Pieces",
                                  .minimum = 1,
                                  .maximum = 1024,
                                  .doc = "k: so many features become one."});
    return LayerBuilder<MaxoutParams>(std::move(s), t)
        .infer(inferShape)
        .summary([](const MaxoutParams& p) { return std::to_string(p.pieces) + " pieces"; })
        .kernel<MaxoutKernel>()
        // An example of what it can learn, with its pieces at even slopes from −1 to 1.
        .curve([](double x, const MaxoutParams& p) {
            double y = -x;
            for (std::int64_t j = 1; j < p.pieces; ++j) {
                const double slope = -1 + 2.0 * static_cast<double>(j) / static_cast<double>(p.pieces - 1);
                y = std::max(y, slope * x + (1 - slope * slope));
            }
            return y;
        })
        .sample("vector", {2}, {{8, 1, 1}})
        .sample("maps", {3}, {{6, 2, 3}})
        .sample("sequence", {2}, {Shape::sequence(3, 6)})
        .sample("one piece", {1}, {{5, 1, 1}})
        .build();
}

} // namespace burdock
