#include "engine/layers/families.h"
#include "engine/layers/layer_builder.h"

#include <cmath>

namespace burdock {
namespace {

struct NoParams {};

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
            const auto x = pass.inputs[0].values(), y = pass.output.values(),
                       dy = pass.outputGradient.values();
            const auto dx = pass.inputGradients[0].values();
            if (pass.inputGradients[0])
                for (std::size_t i = 0; i < x.size(); ++i)
                    dx[i] = dy[i] * F::slope(x[i], y[i], p_);
        }

      private:
        P p_;
    };
};

struct Relu {
    template <class T>
    static T value(T x, const NoParams&) {
        return x > T(0) ? x : T(0);
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
    s.category = Category::Activation;
    s.doc = "Lets what is positive through and stops the rest. The usual choice between hidden layers.";
    s.formula = "y = max(0, x)";
    s.keywords = "rectified linear unit rectifier";
    s.onnxOperator = "Relu";
    return LayerBuilder<NoParams>(std::move(s), {})
        .kernel<Elementwise<Relu, NoParams>::K>()
        .curve([](double x, const NoParams& p) { return Relu::value(x, p); })
        .sample("maps", {}, {{3, 4, 5}})
        .build();
}

} // namespace

std::vector<LayerSchema> activationLayers() {
    std::vector<LayerSchema> all;
    all.push_back(relu());
    return all;
}

} // namespace burdock
