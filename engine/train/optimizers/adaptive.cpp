#include "engine/train/optimizers/pass.h"

#include <cmath>

namespace burdock::optimize {
namespace {

struct AdaGradParams {
    double epsilon = 1e-10;
};

/// Duchi, Hazan, Singer: Adaptive subgradient methods, 2011.
class AdaGrad final : public WithSlots<1> {
  public:
    explicit AdaGrad(const AdaGradParams& p)
        : WithSlots({"square_sum"})
        , epsilon_(static_cast<float>(p.epsilon)) {}
    void update(const StepInputs& in) override {
        const float rate = static_cast<float>(in.learningRate), epsilon = epsilon_;
        fusedPass<1>(in, Decay::InGradient, in.weightDecay, [=](float& w, float g, float& s) {
            s += g * g;
            w -= rate * g / (std::sqrt(s) + epsilon);
        });
    }

  private:
    float epsilon_;
};

struct RmsPropParams {
    double alpha = 0.99;
    double epsilon = 1e-8;
};

/// Tieleman and Hinton: Neural networks for machine learning, lecture 6.5, 2012.
class RmsProp final : public WithSlots<1> {
  public:
    explicit RmsProp(const RmsPropParams& p)
        : WithSlots({"square"})
        , p_(p) {}
    void update(const StepInputs& in) override {
        const float rate = static_cast<float>(in.learningRate), epsilon = static_cast<float>(p_.epsilon);
        const float keep = static_cast<float>(p_.alpha), take = static_cast<float>(1.0 - p_.alpha);
        fusedPass<1>(in, Decay::InGradient, in.weightDecay, [=](float& w, float g, float& s) {
            s = keep * s + take * g * g;
            w -= rate * g / (std::sqrt(s) + epsilon);
        });
    }

  private:
    RmsPropParams p_;
};

struct AdaDeltaParams {
    double rho = 0.9;
    double epsilon = 1e-6;
};

/// Zeiler: ADADELTA, an adaptive learning rate method, 2012.
class AdaDelta final : public WithSlots<2> {
  public:
    explicit AdaDelta(const AdaDeltaParams& p)
        : WithSlots({"square", "step_square"})
        , p_(p) {}
    void update(const StepInputs& in) override {
        const float rate = static_cast<float>(in.learningRate), epsilon = static_cast<float>(p_.epsilon);
        const float keep = static_cast<float>(p_.rho), take = static_cast<float>(1.0 - p_.rho);
        fusedPass<2>(in, Decay::InGradient, in.weightDecay, [=](float& w, float g, float& s, float& d) {
            s = keep * s + take * g * g;
            const float step = std::sqrt(d + epsilon) / std::sqrt(s + epsilon) * g;
            d = keep * d + take * step * step;
            w -= rate * step;
        });
    }

  private:
    AdaDeltaParams p_;
};

} // namespace

std::vector<OptimizerSchema> adaptiveFamily() {
    ParamTable<AdaGradParams> adaGrad;
    adaGrad.add(&AdaGradParams::epsilon, epsilonSpec());
    ParamTable<RmsPropParams> rmsProp;
    rmsProp.add(&RmsPropParams::alpha,
                shareSpec("alpha", "α", "Decay of the mean of the gradients' squares."));
    rmsProp.add(&RmsPropParams::epsilon, epsilonSpec());
    ParamTable<AdaDeltaParams> adaDelta;
    adaDelta.add(&AdaDeltaParams::rho,
                 shareSpec("rho", "ρ", "Decay of the means of squares, of gradients and of steps."));
    adaDelta.add(&AdaDeltaParams::epsilon, epsilonSpec());
    return {
        describe<AdaGrad>("adagrad", "AdaGrad",
                          "Each weight has a rate of its own, smaller the more it has been moved; it only "
                          "falls, which suits rare features.",
                          "s ← s + g²,  w ← w − η·g / (√s + ε)", 1e-2, adaGrad),
        describe<RmsProp>("rmsprop", "RMSProp",
                          "AdaGrad that forgets: steps are scaled by a running mean of the squares.",
                          "s ← αs + (1−α)g²,  w ← w − η·g / (√s + ε)", 1e-2, rmsProp),
        describe<AdaDelta>("adadelta", "AdaDelta",
                           "RMSProp whose steps have the size of the steps before: the rate hardly matters.",
                           "s ← ρs + (1−ρ)g²,  Δ = √(d+ε)/√(s+ε)·g,  d ← ρd + (1−ρ)Δ²,  w ← w − η·Δ", 1.0,
                           adaDelta),
    };
}

} // namespace burdock::optimize
