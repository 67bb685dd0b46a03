#include "engine/train/optimizers/pass.h"

namespace burdock::optimize {
namespace {

struct NoParams {};

class Sgd final : public WithSlots<0> {
  public:
    explicit Sgd(const NoParams&)
        : WithSlots(std::array<const char*, 0>{}) {}
    void update(const StepInputs& in) override {
        const float rate = static_cast<float>(in.learningRate);
        fusedPass<0>(in, Decay::InGradient, in.weightDecay, [=](float& w, float g) { w -= rate * g; });
    }
};

struct MomentumParams {
    double momentum = 0.9;
};

ParamTable<MomentumParams> momentumTable() {
    ParamTable<MomentumParams> t;
    t.add(&MomentumParams::momentum,
          shareSpec("momentum", "Momentum", "The share of the last step's velocity that is kept.", false));
    return t;
}

/// Polyak: Some methods of speeding up the convergence of iteration methods, 1964. Looking ahead from the
/// point reached: Sutskever et al.: On the importance of initialization and momentum in deep learning, 2013.
template <bool LooksAhead>
class Velocity final : public WithSlots<1> {
  public:
    explicit Velocity(const MomentumParams& p)
        : WithSlots({"velocity"})
        , momentum_(static_cast<float>(p.momentum)) {}
    void update(const StepInputs& in) override {
        const float rate = static_cast<float>(in.learningRate), keep = momentum_;
        fusedPass<1>(in, Decay::InGradient, in.weightDecay, [=](float& w, float g, float& v) {
            v = keep * v + g;
            w -= rate * (LooksAhead ? g + keep * v : v);
        });
    }

  private:
    float momentum_;
};
using Momentum = Velocity<false>;
using Nesterov = Velocity<true>;

} // namespace

std::vector<OptimizerSchema> sgdFamily() {
    OptimizerSchema gd = describe<Sgd>(
        "gd", "Gradient descent",
        "One step a pass over all training samples: the batch size only says how many are in memory at once.",
        "w ← w − η·g,  g over all samples", 1e-1, ParamTable<NoParams>{});
    gd.fullBatch = true;
    return {
        std::move(gd),
        describe<Sgd>("sgd", "SGD",
                      "Stochastic gradient descent: a step against the gradient of each mini-batch.",
                      "w ← w − η·g", 1e-1, ParamTable<NoParams>{}),
        describe<Momentum>("momentum", "Momentum",
                           "SGD with a velocity that gathers along steady slopes and damps zigzags.",
                           "v ← μv + g,  w ← w − η·v", 1e-2, momentumTable()),
        describe<Nesterov>("nesterov", "Nesterov",
                           "Momentum that looks ahead: the velocity counts as if it had moved already.",
                           "v ← μv + g,  w ← w − η·(g + μv)", 1e-2, momentumTable()),
    };
}

} // namespace burdock::optimize
