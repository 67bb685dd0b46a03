#include "engine/layers/activations.h"
#include "engine/layers/operations.h"

#include "engine/layers/elementwise.h"
#include "engine/layers/families.h"

#include <cmath>

namespace burdock {
namespace {

template <class P>
auto functionOf(operation::Elementwise::Function f, double P::*parameter) {
    return [f, parameter](const P& p, std::span<const Shape>) {
        return operation::Elementwise{f, static_cast<float>(p.*parameter)};
    };
}
auto functionOf(operation::Elementwise::Function f) {
    return [f](const NoParams&, std::span<const Shape>) { return operation::Elementwise{f}; };
}

struct Sigmoid {
    template <class T>
    static T value(T x, const NoParams&) {
        return logistic(x);
    }
    template <class T>
    static T slope(T, T y, const NoParams&) {
        return y * (T(1) - y);
    }
};

LayerSchema sigmoid() {
    LayerSchema s;
    s.id = "sigmoid";
    s.name = "Sigmoid";
    s.doc = "The logistic function: squeezes every value into 0 to 1, a probability. The output of yes-or-no "
            "questions; within deep networks its flat ends stop the gradient.";
    s.formula = "y = 1 / (1 + e⁻ˣ)";
    s.keywords = "logistic sigma binary probability";
    s.gives = OutputKind::Probabilities;
    s.outputFunction = OutputFunction::Logistic;
    return elementwiseLayer<Sigmoid, NoParams>(std::move(s))
        .computes(functionOf(operation::Elementwise::Function::Sigmoid))
        .build();
}

struct Tanh {
    template <class T>
    static T value(T x, const NoParams&) {
        return std::tanh(x);
    }
    template <class T>
    static T slope(T, T y, const NoParams&) {
        return T(1) - y * y;
    }
};

LayerSchema tanhLayer() {
    LayerSchema s;
    s.id = "tanh";
    s.name = "Tanh";
    s.doc = "The hyperbolic tangent: squeezes every value into −1 to 1, centred on 0. The activation of the "
            "first convolutional networks.";
    s.formula = "y = tanh(x) = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)";
    s.keywords = "hyperbolic tangent";
    return elementwiseLayer<Tanh, NoParams>(std::move(s))
        .computes(functionOf(operation::Elementwise::Function::Tanh))
        .build();
}

struct Relu {
    template <class T>
    static T value(T x, const NoParams&) {
        return x < T(0) ? T(0) : x; // NaN stays NaN
    }
    template <class T>
    static T slope(T x, T, const NoParams&) {
        return x > T(0) ? T(1) : T(0);
    }
};

LayerSchema relu() {
    LayerSchema s;
    s.id = "relu";
    s.name = "ReLU";
    s.doc = "Lets what is positive through and stops the rest. The usual choice between hidden layers.";
    s.formula = "y = max(0, x)";
    s.keywords = "rectified linear unit rectifier";
    s.rectifies = true;
    return elementwiseLayer<Relu, NoParams>(std::move(s))
        .computes(functionOf(operation::Elementwise::Function::Relu))
        .build();
}

struct LeakyRelu {
    template <class T>
    static T value(T x, const LeakyReluParams& p) {
        return x < T(0) ? static_cast<T>(p.slope) * x : x;
    }
    template <class T>
    static T slope(T x, T, const LeakyReluParams& p) {
        return x > T(0) ? T(1) : static_cast<T>(p.slope);
    }
};

LayerSchema leakyRelu() {
    LayerSchema s;
    s.id = "leaky_relu";
    s.name = "Leaky ReLU";
    s.doc = "A ReLU that lets a little of what is negative through, so that no neuron dies: its gradient is "
            "never zero.";
    s.formula = "y = x if x > 0, else α·x";
    s.keywords = "lrelu rectified leaky rectifier prelu";
    ParamTable<LeakyReluParams> t;
    t.add(&LeakyReluParams::slope, {.key = "slope",
                                    .label = "Slope",
                                    .minimum = 0,
                                    .maximum = 1,
                                    .doc = "α, the slope for negative values."});
    return elementwiseLayer<LeakyRelu, LeakyReluParams>(std::move(s), t)
        .computes(functionOf(operation::Elementwise::Function::LeakyRelu, &LeakyReluParams::slope))
        .summary([](const LeakyReluParams& p) { return "slope " + toString(ParamValue{p.slope}); })
        .sample("steep", {0.5}, {{2, 3, 3}})
        .sample("slope 0", {0.0}, {{2, 3, 3}})
        .build();
}

struct Elu {
    template <class T>
    static T value(T x, const EluParams& p) {
        return x < T(0) ? static_cast<T>(p.alpha) * std::expm1(x) : x;
    }
    template <class T>
    static T slope(T x, T y, const EluParams& p) {
        return x > T(0) ? T(1) : y + static_cast<T>(p.alpha);
    }
};

LayerSchema elu() {
    LayerSchema s;
    s.id = "elu";
    s.name = "ELU";
    s.doc = "Like ReLU for what is positive, and bends smoothly to −α below, so that the mean of the outputs "
            "stays near zero.";
    s.formula = "y = x if x > 0, else α·(eˣ − 1)";
    s.keywords = "exponential linear unit";
    ParamTable<EluParams> t;
    t.add(&EluParams::alpha, {.key = "alpha",
                              .label = "Alpha",
                              .minimum = 0,
                              .maximum = 100,
                              .minimumExcluded = true,
                              .doc = "α: the output tends to −α far below zero."});
    return elementwiseLayer<Elu, EluParams>(std::move(s), t)
        .computes(functionOf(operation::Elementwise::Function::Elu, &EluParams::alpha))
        .summary([](const EluParams& p) { return "α " + toString(ParamValue{p.alpha}); })
        .sample("alpha 0.5", {0.5}, {{2, 3, 3}})
        .build();
}

struct Softplus {
    template <class T>
    static T value(T x, const NoParams&) {
        return (x > T(0) ? x : T(0)) + std::log1p(std::exp(-std::abs(x)));
    }
    template <class T>
    static T slope(T x, T, const NoParams&) {
        return logistic(x);
    }
};

LayerSchema softplus() {
    LayerSchema s;
    s.id = "softplus";
    s.name = "Softplus";
    s.doc = "A smooth ReLU: always positive, never flat. The output of regressions whose target cannot be "
            "negative.";
    s.formula = "y = ln(1 + eˣ)";
    s.keywords = "smooth rectifier positive regression";
    return elementwiseLayer<Softplus, NoParams>(std::move(s))
        .computes(functionOf(operation::Elementwise::Function::Softplus))
        .build();
}

/// The constants of Klambauer et al., 2017, for which mean 0 and variance 1 are a fixed point.
struct Selu {
    static constexpr double scale = 1.0507009873554804934193349852946;
    static constexpr double alpha = 1.6732632423543772848170429916717;
    template <class T>
    static T value(T x, const NoParams&) {
        return x < T(0) ? T(scale * alpha) * std::expm1(x) : T(scale) * x;
    }
    template <class T>
    static T slope(T x, T y, const NoParams&) {
        return x > T(0) ? T(scale) : y + T(scale * alpha);
    }
};

LayerSchema selu() {
    LayerSchema s;
    s.id = "selu";
    s.name = "SELU";
    s.doc = "An ELU scaled so that a chain of dense layers keeps mean 0 and variance 1 by itself; made for "
            "LeCun's normal initialisation (Klambauer et al., 2017).";
    s.formula = "y = 1.0507·x if x > 0, else 1.7581·(eˣ − 1)";
    s.keywords = "scaled exponential linear unit self normalizing";
    return elementwiseLayer<Selu, NoParams>(std::move(s))
        .computes(functionOf(operation::Elementwise::Function::Selu))
        .build();
}

struct HardSigmoid {
    template <class T>
    static T value(T x, const NoParams&) {
        return x < T(-3) ? T(0) : x > T(3) ? T(1) : x / 6 + T(0.5);
    }
    template <class T>
    static T slope(T x, T, const NoParams&) {
        return x > T(-3) && x < T(3) ? T(1) / 6 : T(0);
    }
};

LayerSchema hardSigmoid() {
    LayerSchema s;
    s.id = "hard_sigmoid";
    s.name = "Hard sigmoid";
    s.doc =
        "A sigmoid of three straight pieces: 0 up to −3, 1 from 3 on, a line between. Cheaper to compute, "
        "but its ends are quite flat.";
    s.formula = "y = min(1, max(0, x/6 + ½))";
    s.keywords = "piecewise linear sigmoid gate mobilenet";
    s.gives = OutputKind::Probabilities;
    return elementwiseLayer<HardSigmoid, NoParams>(std::move(s))
        .computes(functionOf(operation::Elementwise::Function::HardSigmoid))
        .build();
}

} // namespace

std::vector<LayerSchema> activationLayers() {
    std::vector<LayerSchema> all;
    all.push_back(relu());
    all.push_back(leakyRelu());
    all.push_back(elu());
    all.push_back(selu());
    all.push_back(softplus());
    all.push_back(sigmoid());
    all.push_back(hardSigmoid());
    all.push_back(tanhLayer());
    return all;
}

} // namespace burdock
