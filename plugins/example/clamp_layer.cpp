#include "example.h"

#include <engine/layers/layer_builder.h>

#include <algorithm>

namespace example {
namespace {

using namespace burdock;

struct ClampParams {
    double limit = 1;
};

template <class T>
class ClampKernel final : public Kernel<T> {
  public:
    ClampKernel(const ClampParams& p, std::span<const Shape>)
        : limit_(static_cast<T>(p.limit)) {}
    void forward(const Pass<T>& pass) override {
        for (std::int64_t i = 0; i < pass.output.size(); ++i)
            pass.output.data[i] = std::clamp(pass.inputs[0].data[i], -limit_, limit_);
    }
    void backward(const Pass<T>& pass) override {
        if (!pass.inputGradients[0]) return;
        for (std::int64_t i = 0; i < pass.output.size(); ++i) {
            const T x = pass.inputs[0].data[i];
            pass.inputGradients[0].data[i] = x > -limit_ && x < limit_ ? pass.outputGradient.data[i] : T(0);
        }
    }

  private:
    T limit_;
};

} // namespace

LayerSchema clampLayer() {
    LayerSchema s;
    s.id = "example.clamp";
    s.name = "Clamp";
    s.category = Category::Activation;
    s.doc = "Cuts values off at a limit on both sides: a hard tanh.";
    s.formula = "y = max(−a, min(a, x))";
    s.keywords = "hard tanh clip limit saturate";
    ParamTable<ClampParams> t;
    t.add(&ClampParams::limit, {.key = "limit",
                                .label = "Limit",
                                .minimum = 0,
                                .maximum = 1e6,
                                .minimumExcluded = true,
                                .doc = "a, the largest size that a value may have."});
    return LayerBuilder<ClampParams>(std::move(s), t)
        .kernel<ClampKernel>()
        .curve([](double x, const ClampParams& p) { return std::clamp(x, -p.limit, p.limit); })
        .sample("vector", {0.5}, {{7, 1, 1}})
        .build();
}

} // namespace example
