#include "engine/layers/dropout.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"

#include <algorithm>

namespace burdock {
namespace {

/// Inverted dropout: what is kept is scaled by 1 / (1 - rate), so that using the network needs no change.
template <class T>
class DropoutKernel final : public Kernel<T> {
  public:
    DropoutKernel(const DropoutParams& p, std::span<const Shape>)
        : rate_(p.rate) {}

    void forward(const Pass<T>& pass) override { apply(pass, pass.inputs[0], pass.output); }
    /// The mask is computed again from the same seed.
    void backward(const Pass<T>& pass) override {
        if (pass.inputGradients[0]) apply(pass, pass.outputGradient, pass.inputGradients[0]);
    }

  private:
    void apply(const Pass<T>& pass, const Tensor<T>& from, const Tensor<T>& to) const {
        if (!pass.training || rate_ == 0) {
            std::copy_n(from.data, from.size(), to.data);
            return;
        }
        const DropoutMask mask(rate_, pass.seed);
        const T scale = static_cast<T>(1 / (1 - rate_));
        for (std::int64_t i = 0, n = from.size(); i < n; ++i)
            to.data[i] = mask.keeps(i) ? scale * from.data[i] : T(0);
    }

    double rate_;
};

} // namespace

LayerSchema dropoutLayer() {
    LayerSchema s;
    s.id = "dropout";
    s.name = "Dropout";
    s.category = Category::Regularization;
    s.doc =
        "In training, leaves each value out with the given probability and scales the rest up; every step "
        "trains another thinned network, which keeps neurons from relying on each other. Does nothing "
        "when the network is used.";
    s.formula = "y = m·x / (1 − p), m = 0 with probability p";
    s.keywords = "regularization overfitting regularisation drop";
    s.onnxOperator = "Dropout";
    ParamTable<DropoutParams> t;
    t.add(&DropoutParams::rate,
          {.key = "rate",
           .label = "Rate",
           .minimum = 0,
           .maximum = 1,
           .maximumExcluded = true,
           .doc = "p, the probability that a value is left out: often 0.5 for dense layers, less for maps."});
    return LayerBuilder<DropoutParams>(std::move(s), t)
        .summary([](const DropoutParams& p) { return "rate " + toString(ParamValue{p.rate}); })
        .kernel<DropoutKernel>()
        .sample("half", {0.5}, {{20, 1, 1}})
        .sample("maps", {0.2}, {{3, 4, 5}})
        .sample("nothing dropped", {0.0}, {{6, 1, 1}})
        .build();
}

} // namespace burdock
