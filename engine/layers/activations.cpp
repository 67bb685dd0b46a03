#include "engine/layers/activations.h"

#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"
#include "engine/onednn/layers.h"

#include <cmath>

namespace burdock {
namespace {

/// y = f(x) for each value; the slope is found from x and y. F gives both for any floating type.
template <class F, class P>
struct Elementwise {
    template <class T>
    class K final : public Kernel<T> {
      public:
        K(const P& p, std::span<const Shape>)
            : p_(p) {}
        void forward(const Pass<T>& pass) override {
            const auto x = pass.inputs[0].values(), y = pass.output.values();
            for (std::size_t i = 0; i < x.size(); ++i)
                y[i] = F::value(x[i], p_);
        }
        void backward(const Pass<T>& pass) override {
            if (!pass.inputGradients[0]) return;
            const auto x = pass.inputs[0].values(), y = pass.output.values(),
                       dy = pass.outputGradient.values();
            const auto dx = pass.inputGradients[0].values();
            for (std::size_t i = 0; i < x.size(); ++i)
                dx[i] = dy[i] * F::slope(x[i], y[i], p_);
        }

      private:
        P p_;
    };
};

/// The one number that a fast implementation takes.
float parameterOf(const NoParams&) {
    return 0;
}
float parameterOf(const LeakyReluParams& p) {
    return static_cast<float>(p.slope);
}
float parameterOf(const EluParams& p) {
    return static_cast<float>(p.alpha);
}

template <class F, class P>
LayerSchema elementwise(LayerSchema s, fast::Elementwise kind, ParamTable<P> table = {}) {
    s.category = Category::Activation;
    return LayerBuilder<P>(std::move(s), std::move(table))
        .template kernel<Elementwise<F, P>::template K>()
        .fast(
            [kind](const P& p, const LayerRequest& r) { return fast::elementwise(r, kind, parameterOf(p)); })
        .curve([](double x, const P& p) { return F::value(x, p); })
        .sample("maps", {}, {{3, 4, 5}})
        .sample("vector", {}, {{7, 1, 1}})
        .build();
}

/// 1 / (1 + e^-x) without overflow at either end.
template <class T>
T logistic(T x) {
    const T e = std::exp(-std::abs(x));
    return x >= T(0) ? T(1) / (T(1) + e) : e / (T(1) + e);
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
    s.onnxOperator = "Sigmoid";
    return elementwise<Sigmoid, NoParams>(std::move(s), fast::Elementwise::Sigmoid);
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
    s.onnxOperator = "Tanh";
    return elementwise<Tanh, NoParams>(std::move(s), fast::Elementwise::Tanh);
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
    s.onnxOperator = "Relu";
    return elementwise<Relu, NoParams>(std::move(s), fast::Elementwise::Relu);
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
    s.onnxOperator = "LeakyRelu";
    ParamTable<LeakyReluParams> t;
    t.add(&LeakyReluParams::slope, {.key = "slope",
                                    .label = "Slope",
                                    .minimum = 0,
                                    .maximum = 1,
                                    .doc = "α, the slope for negative values."});
    LayerSchema layer =
        elementwise<LeakyRelu, LeakyReluParams>(std::move(s), fast::Elementwise::LeakyRelu, t);
    layer.samples.push_back({"steep", t.write({0.5}), {{2, 3, 3}}});
    layer.samples.push_back({"slope 0", t.write({0.0}), {{2, 3, 3}}});
    layer.summary = [t](const ParamValues& v) { return "slope " + toString(ParamValue{t.read(v).slope}); };
    return layer;
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
    s.onnxOperator = "Elu";
    ParamTable<EluParams> t;
    t.add(&EluParams::alpha, {.key = "alpha",
                              .label = "Alpha",
                              .minimum = 0,
                              .maximum = 100,
                              .minimumExcluded = true,
                              .doc = "α: the output tends to −α far below zero."});
    LayerSchema layer = elementwise<Elu, EluParams>(std::move(s), fast::Elementwise::Elu, t);
    layer.samples.push_back({"alpha 0.5", t.write({0.5}), {{2, 3, 3}}});
    layer.summary = [t](const ParamValues& v) { return "α " + toString(ParamValue{t.read(v).alpha}); };
    return layer;
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
    s.onnxOperator = "Softplus";
    return elementwise<Softplus, NoParams>(std::move(s), fast::Elementwise::Softplus);
}

/// Over the channels of each pixel; for a vector, over all its values.
template <class T>
class SoftmaxKernel final : public Kernel<T> {
  public:
    SoftmaxKernel(const NoParams&, std::span<const Shape>) {}

    void forward(const Pass<T>& pass) override {
        forEachPixel(pass, [&](std::int64_t first, std::int64_t step, std::int64_t end) {
            const T* const x = pass.inputs[0].data;
            T* const y = pass.output.data;
            T largest = x[first], sum = 0; // subtracting it keeps e^x finite
            for (std::int64_t i = first; i < end; i += step)
                largest = x[i] > largest ? x[i] : largest;
            for (std::int64_t i = first; i < end; i += step)
                sum += y[i] = std::exp(x[i] - largest);
            for (std::int64_t i = first; i < end; i += step)
                y[i] /= sum;
        });
    }
    /// dx = y · (dy − Σ y·dy)
    void backward(const Pass<T>& pass) override {
        if (!pass.inputGradients[0]) return;
        forEachPixel(pass, [&](std::int64_t first, std::int64_t step, std::int64_t end) {
            const T *const y = pass.output.data, *const dy = pass.outputGradient.data;
            T* const dx = pass.inputGradients[0].data;
            T dot = 0;
            for (std::int64_t i = first; i < end; i += step)
                dot += y[i] * dy[i];
            for (std::int64_t i = first; i < end; i += step)
                dx[i] = y[i] * (dy[i] - dot);
        });
    }

  private:
    /// visit(first, step, end): the channels of one pixel lie at first, first + step, … below end.
    template <class Visit>
    static void forEachPixel(const Pass<T>& pass, Visit visit) {
        const Shape& s = pass.output.shape;
        for (std::int64_t n = 0; n < pass.output.batch; ++n)
            for (std::int64_t i = 0; i < s.area(); ++i)
                visit(n * s.size() + i, s.area(), (n + 1) * s.size());
    }
};

LayerSchema softmax() {
    LayerSchema s;
    s.id = "softmax";
    s.name = "Softmax";
    s.category = Category::Activation;
    s.doc = "Turns scores into probabilities that sum to 1: the output of a classifier, one value per class. "
            "On feature maps it works over the channels of each pixel.";
    s.formula = "yᵢ = eˣⁱ / Σⱼ eˣʲ";
    s.keywords = "classifier probability multiclass normalized exponential output";
    s.onnxOperator = "Softmax";
    return LayerBuilder<NoParams>(std::move(s), {})
        .kernel<SoftmaxKernel>()
        .fast([](const NoParams&, const LayerRequest& r) { return fast::softmax(r); })
        // Drawn against a second score of 0.
        .curve([](double x, const NoParams&) { return logistic(x); })
        .sample("ten classes", {}, {{10, 1, 1}})
        .sample("maps", {}, {{3, 2, 4}})
        .sample("one class", {}, {{1, 1, 1}})
        .build();
}

} // namespace

std::vector<LayerSchema> activationLayers() {
    std::vector<LayerSchema> all;
    all.push_back(relu());
    all.push_back(leakyRelu());
    all.push_back(elu());
    all.push_back(softplus());
    all.push_back(sigmoid());
    all.push_back(tanhLayer());
    all.push_back(softmax());
    return all;
}

} // namespace burdock
