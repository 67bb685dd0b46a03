#include "engine/train/optimizers/pass.h"

namespace burdock::optimize {
namespace {

struct LionParams {
    double beta1 = 0.9;
    double beta2 = 0.99;
    double weightDecay = 0;
};

/// Chen et al.: Symbolic discovery of optimization algorithms, 2023, algorithm 2.
class Lion final : public WithSlots<1> {
  public:
    explicit Lion(const LionParams& p)
        : WithSlots({"mean"})
        , p_(p) {}
    void update(const StepInputs& in) override {
        const float rate = static_cast<float>(in.learningRate);
        const float b1 = static_cast<float>(p_.beta1), c1 = static_cast<float>(1.0 - p_.beta1);
        const float b2 = static_cast<float>(p_.beta2), c2 = static_cast<float>(1.0 - p_.beta2);
        fusedPass<1>(in, Decay::Decoupled, in.weightDecay + p_.weightDecay, [=](float& w, float g, float& m) {
            const float direction = b1 * m + c1 * g;
            w -= direction > 0 ? rate : direction < 0 ? -rate : 0.0f;
            m = b2 * m + c2 * g;
        });
    }

  private:
    LionParams p_;
};

} // namespace

std::vector<OptimizerSchema> lionFamily() {
    ParamTable<LionParams> t;
    t.add(&LionParams::beta1, shareSpec("beta1", "β₁", "How much of the mean is in a step."));
    t.add(&LionParams::beta2, shareSpec("beta2", "β₂", "Decay of the mean of the gradients."));
    t.add(&LionParams::weightDecay, decaySpec());
    return {describe<Lion>("lion", "Lion",
                           "Every weight moves by the same amount, along the sign of a mean of gradients; "
                           "half the memory of Adam, and a rate some ten times smaller.",
                           "w ← w − η·(sign(β₁m + (1−β₁)g) + λw),  m ← β₂m + (1−β₂)g", 1e-4, t)};
}

} // namespace burdock::optimize
