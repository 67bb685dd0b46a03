#include "engine/train/optimizers/pass.h"

#include <cmath>

namespace burdock::optimize {
namespace {

struct AdamParams {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weightDecay = 0.01;   ///< AdamW's
    double momentumDecay = 4e-3; ///< Nadam's
};

/// The running means, and what is rounded once a step: 1.0f - 0.999f is wrong by 1.3e-5 of its value.
struct Means {
    float b1, c1, b2, c2, epsilon, squareCorrection;
    Means(const AdamParams& p, std::int64_t step)
        : b1(static_cast<float>(p.beta1))
        , c1(static_cast<float>(1.0 - p.beta1))
        , b2(static_cast<float>(p.beta2))
        , c2(static_cast<float>(1.0 - p.beta2))
        , epsilon(static_cast<float>(p.epsilon))
        , squareCorrection(
              static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(p.beta2, static_cast<double>(step))))) {}
};

/// Kingma and Ba: Adam, a method for stochastic optimization, 2015, algorithm 1, with bias correction.
class Adam : public WithSlots<2> {
  public:
    explicit Adam(const AdamParams& p)
        : WithSlots({"mean", "square"})
        , p_(p) {}
    void update(const StepInputs& in) override { move(in, Decay::InGradient, in.weightDecay); }

  protected:
    void move(const StepInputs& in, Decay decay, double weightDecay) {
        const Means k(p_, in.step);
        const float rate =
            static_cast<float>(in.learningRate / (1.0 - std::pow(p_.beta1, static_cast<double>(in.step))));
        fusedPass<2>(in, decay, weightDecay, [=](float& w, float g, float& m, float& s) {
            m = k.b1 * m + k.c1 * g;
            s = k.b2 * s + k.c2 * g * g;
            w -= rate * m / (std::sqrt(s) * k.squareCorrection + k.epsilon);
        });
    }
    AdamParams p_;
};

class AdamW final : public Adam {
  public:
    using Adam::Adam;
    void update(const StepInputs& in) override {
        move(in, Decay::Decoupled, in.weightDecay + p_.weightDecay);
    }
};

/// Dozat: Incorporating Nesterov momentum into Adam, 2016.
class Nadam final : public WithSlots<2> {
  public:
    explicit Nadam(const AdamParams& p)
        : WithSlots({"mean", "square"})
        , p_(p) {}
    void update(const StepInputs& in) override {
        // The product of all momenta up to this step: a function of the step, so that it need not be stored.
        if (in.step != last_ + 1) {
            product_ = 1;
            last_ = 0;
        }
        while (last_ < in.step)
            product_ *= momentum(++last_);
        const double now = momentum(in.step), next = momentum(in.step + 1);
        const float ofGradient = static_cast<float>(in.learningRate * (1.0 - now) / (1.0 - product_));
        const float ofMean = static_cast<float>(in.learningRate * next / (1.0 - product_ * next));
        const Means k(p_, in.step);
        fusedPass<2>(in, Decay::InGradient, in.weightDecay, [=](float& w, float g, float& m, float& s) {
            m = k.b1 * m + k.c1 * g;
            s = k.b2 * s + k.c2 * g * g;
            w -= (ofGradient * g + ofMean * m) / (std::sqrt(s) * k.squareCorrection + k.epsilon);
        });
    }

  private:
    double momentum(std::int64_t step) const {
        return p_.beta1 * (1.0 - 0.5 * std::pow(0.96, static_cast<double>(step) * p_.momentumDecay));
    }
    AdamParams p_;
    std::int64_t last_ = 0;
    double product_ = 1;
};

ParamTable<AdamParams> table() {
    ParamTable<AdamParams> t;
    t.add(&AdamParams::beta1, shareSpec("beta1", "β₁", "Decay of the mean of the gradients."));
    t.add(&AdamParams::beta2, shareSpec("beta2", "β₂", "Decay of the mean of their squares."));
    t.add(&AdamParams::epsilon, epsilonSpec());
    return t;
}

} // namespace

std::vector<OptimizerSchema> adamFamily() {
    ParamTable<AdamParams> decoupled = table(), nadam = table();
    decoupled.add(&AdamParams::weightDecay, decaySpec());
    nadam.add(&AdamParams::momentumDecay,
              shareSpec("momentum_decay", "ψ", "How fast the momentum grows towards β₁."));
    return {
        describe<Adam>("adam", "Adam",
                       "Steps scaled by running means of the gradients and of their squares; needs little "
                       "tuning.",
                       "m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  w ← w − η·m̂ / (√v̂ + ε)", 1e-3, table()),
        describe<AdamW>("adamw", "AdamW",
                        "Adam whose weight decay does not pass through the scaling; usual for transformers.",
                        "w ← (1 − ηλ)·w,  then Adam's step", 1e-3, decoupled),
        describe<Nadam>("nadam", "Nadam", "Adam with Nesterov's look ahead in the mean of the gradients.",
                        "w ← w − η·(μₜ₊₁m̂ + (1−μₜ)ĝ) / (√v̂ + ε)", 2e-3, nadam),
    };
}

} // namespace burdock::optimize
