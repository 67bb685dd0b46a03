#include "engine/layers/activations.h"
#include "engine/layers/elementwise.h"
#include "engine/layers/families.h"
#include "engine/layers/neuron.h"
#include "engine/layers/operations.h"

namespace burdock {
namespace {

/// What jumps and is level elsewhere.
struct Stepwise {
    template <class T, class P>
    static T slope(T, T, const P&) {
        return T(0);
    }
};

struct Step : Stepwise {
    template <class T>
    static T value(T x, const StepParams& p) {
        return x >= static_cast<T>(p.threshold) ? T(1) : x == x ? T(0) : x; // NaN stays NaN
    }
};

ParamTable<StepParams> stepTable() {
    ParamTable<StepParams> t;
    t.add(&StepParams::threshold, {.key = "threshold",
                                   .label = "Threshold",
                                   .minimum = -1e6,
                                   .maximum = 1e6,
                                   .doc = "θ, from which on the neuron fires."});
    return t;
}

LayerSchema step() {
    LayerSchema s;
    s.id = stepLayerId;
    s.name = "Step";
    s.doc = "Fires or does not: 1 from the threshold on, 0 below. The activation of McCulloch and Pitts' "
            "neuron and of the perceptron (the threshold logic unit). Its slope is zero everywhere, so "
            "nothing before it learns by gradients.";
    s.formula = "y = 1 if x ≥ θ, else 0";
    s.keywords = "tlu threshold logic unit heaviside binary mcculloch pitts perceptron";
    s.gives = OutputKind::Decisions;
    s.outputFunction = OutputFunction::Threshold;
    s.stopsGradient = true;
    return elementwiseLayer<Step, StepParams>(std::move(s), stepTable())
        .computes([](const StepParams& p, std::span<const Shape>) {
            return operation::Elementwise{operation::Elementwise::Function::Step,
                                          static_cast<float>(p.threshold)};
        })
        .summary([](const StepParams& p) { return "θ " + toString(ParamValue{p.threshold}); })
        .sample("threshold 0.7", {0.7}, {{2, 3, 3}})
        .build();
}

struct Sign : Stepwise {
    template <class T>
    static T value(T x, const NoParams&) {
        return x > T(0) ? T(1) : x < T(0) ? T(-1) : x; // 0 stays 0, NaN stays NaN
    }
};

LayerSchema sign() {
    LayerSchema s;
    s.id = "sign";
    s.name = "Sign";
    s.doc = "1 for what is positive, −1 for what is negative, 0 for zero: the perceptron's other step "
            "function. Its slope is zero everywhere, so nothing before it learns by gradients.";
    s.formula = "y = sgn(x)";
    s.keywords = "signum tlu threshold bipolar perceptron";
    s.stopsGradient = true;
    return elementwiseLayer<Sign, NoParams>(std::move(s))
        .computes([](const NoParams&, std::span<const Shape>) {
            return operation::Elementwise{operation::Elementwise::Function::Sign};
        })
        .build();
}

struct Linear {
    template <class T>
    static T value(T x, const NoParams&) {
        return x;
    }
    template <class T>
    static T slope(T, T, const NoParams&) {
        return T(1);
    }
};

LayerSchema linear() {
    LayerSchema s;
    s.id = "linear";
    s.name = "Linear";
    s.doc = "Passes every value on as it is: no activation. Says on the canvas that a regression's output is "
            "meant to be without bounds.";
    s.formula = "y = x";
    s.keywords = "identity none no activation pass regression output";
    s.keepsValues = true;
    return elementwiseLayer<Linear, NoParams>(std::move(s)).build();
}

} // namespace

ThresholdNeuron stepNeuron(const ParamValues& params) {
    return {{}, stepTable().read(params).threshold};
}

std::vector<LayerSchema> thresholdLayers() {
    return {linear(), step(), sign()};
}

} // namespace burdock
