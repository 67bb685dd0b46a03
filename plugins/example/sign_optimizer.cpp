#include "example.h"

namespace example {
namespace {

using namespace burdock;

class SignDescent final : public Optimizer {
  public:
    void update(const StepInputs& in) override {
        for (std::size_t i = 0; i < in.parameters.size(); ++i) {
            const float g = in.gradients[i];
            in.parameters[i] -= static_cast<float>(in.learningRate) * (g > 0 ? 1.0f : g < 0 ? -1.0f : 0.0f);
        }
    }
    std::vector<SlotSpec> slotSpecs(const ParameterTensor&) const override { return {}; }
};

} // namespace

OptimizerSchema signOptimizer() {
    OptimizerSchema s;
    s.id = "example.sign";
    s.name = "Sign descent";
    s.doc = "Steps of one size against the sign of each gradient (Bernstein et al., 2018).";
    s.formula = "w ← w − η·sgn(g)";
    s.defaultLearningRate = 1e-3;
    s.make = [](const ParamValues&) { return std::make_unique<SignDescent>(); };
    return s;
}

} // namespace example
