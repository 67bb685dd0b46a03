#pragma once

#include "engine/layers/layer_builder.h"

#include <cmath>

namespace burdock {

/// y = f(x) for each value; the slope is found from x and y. F gives both, for any floating type:
/// F::value(x, params) and F::slope(x, y, params).
template <class F, class P>
struct Elementwise {
    template <class T>
    class K final : public Kernel<T> {
      public:
        K(const P& p, std::span<const Shape>)
            : p_(p) {}
        void forward(const Pass<T>& pass) override {
            const T* const x = pass.inputs[0].data;
            T* const y = pass.output.data;
            const std::int64_t n = pass.output.size();
#pragma omp parallel for schedule(static) if (n > 1 << 15)
            for (std::int64_t i = 0; i < n; ++i)
                y[i] = F::value(x[i], p_);
        }
        void backward(const Pass<T>& pass) override {
            if (!pass.inputGradients[0]) return;
            const T *const x = pass.inputs[0].data, *const y = pass.output.data;
            const T* const dy = pass.outputGradient.data;
            T* const dx = pass.inputGradients[0].data;
            const std::int64_t n = pass.output.size();
#pragma omp parallel for schedule(static) if (n > 1 << 15)
            for (std::int64_t i = 0; i < n; ++i)
                dx[i] = dy[i] * F::slope(x[i], y[i], p_);
        }

      private:
        P p_;
    };
};

/// Kernel, curve and first samples of an activation that works value by value.
template <class F, class P>
LayerBuilder<P> elementwiseLayer(LayerSchema s, ParamTable<P> table = {}) {
    s.category = Category::Activation;
    LayerBuilder<P> builder(std::move(s), std::move(table));
    builder.template kernel<Elementwise<F, P>::template K>()
        .curve([](double x, const P& p) { return F::value(x, p); })
        .sample("maps", {}, {{3, 4, 5}})
        .sample("vector", {}, {{7, 1, 1}});
    return builder;
}

/// 1 / (1 + e^-x) without overflow at either end.
template <class T>
T logistic(T x) {
    const T e = std::exp(-std::abs(x));
    return x >= T(0) ? T(1) / (T(1) + e) : e / (T(1) + e);
}

} // namespace burdock
