#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/support.h"
#include "engine/layers/operations.h"
#include "engine/tensor/parallel.h"
#include "engine/tensor/per_processor.h"
#include "engine/tensor/vector_math.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace burdock::fast {
namespace {

struct Normal {
    float below;   ///< Φ(x): how likely a normal variable lies below x
    float density; ///< Φ'(x)
};
/// Within 1e-7, by one exponential for both (Abramowitz and Stegun: Handbook of mathematical
/// functions, 7.1.26).
[[gnu::always_inline]] inline Normal normalAt(float x) {
    const float a = std::abs(x) * static_cast<float>(1 / std::numbers::sqrt2);
    const float e = expNegative(-a * a);
    const float t = 1.0f / (1.0f + 0.3275911f * a);
    float p = 1.061405429f;
    p = p * t - 1.453152027f;
    p = p * t + 1.421413741f;
    p = p * t - 0.284496736f;
    p = p * t + 0.254829592f;
    const float tail = 0.5f * p * t * e;
    return {x < 0.0f ? tail : 1.0f - tail,
            e * static_cast<float>(std::numbers::inv_sqrtpi / std::numbers::sqrt2)};
}

[[gnu::always_inline]] inline float valueAt(float x, float) {
    return x * normalAt(x).below;
}
[[gnu::always_inline]] inline float slopeAt(float x, float) {
    const Normal normal = normalAt(x);
    return normal.below + x * normal.density;
}

// For values that are kept in bfloat16, polynomials: fitted for least error where |x| <= 4, with no more than
// 2.4e-5 in Φ(x) and 8e-5 in the slope. Beyond, Φ is taken as constant. The value is within 1e-4 and half a
// step of bfloat16; below -3, where it is small itself, that is several of its own steps.
constexpr float fitted = 4;
constexpr float below[] = {3.98847503e-1f, -6.61753622e-2f, 9.66486228e-3f, -1.04820076e-3f,
                           8.06668272e-5f, -4.10081916e-6f, 1.21709110e-7f, -1.58075254e-9f};
constexpr float slope[] = {7.97609538e-1f,  -2.64826495e-1f, 5.84560663e-2f,  -8.71630670e-3f, 9.07323682e-4f,
                           -6.49572222e-5f, 3.02832350e-6f,  -8.21871381e-8f, 9.79592353e-10f};

/// x·(c₀ + c₁·x² + c₂·x⁴ + …)
template <std::size_t n>
[[gnu::always_inline]] inline float oddPolynomial(const float (&c)[n], float x) {
    float sum = c[n - 1];
    for (std::size_t i = 2; i <= n; ++i)
        sum = sum * (x * x) + c[n - i];
    return x * sum;
}
[[gnu::always_inline]] inline float valueAt(float x, Bits16) {
    const float least = std::max(x, -fitted);
    return least * (0.5f + oddPolynomial(below, std::min(least, fitted)));
}
[[gnu::always_inline]] inline float slopeAt(float x, Bits16) {
    return 0.5f + oddPolynomial(slope, std::min(std::max(x, -fitted), fitted));
}

template <class V>
BURDOCK_INLINE void forwardRange(const V* x, V* y, std::int64_t count) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i)
        put(y[i], valueAt(widened(x[i]), V{}));
}
/// `dx` may be `dy`.
template <class V>
BURDOCK_INLINE void backwardRange(const V* x, const V* dy, V* dx, std::int64_t count) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i)
        put(dx[i], widened(dy[i]) * slopeAt(widened(x[i]), V{}));
}

/// x·Φ(x) of each value, in whatever format it arrives: what fills up a format stays 0.
template <class V>
class Gelu final : public Step {
  public:
    explicit Gelu(const LayerRequest& r)
        : layout_(r.inputLayouts[0])
        , count_(static_cast<std::int64_t>(descOf(layout_).get_size() / sizeof(V))) {}
    Layout inputLayout(std::size_t) const override { return layout_; }
    Layout outputLayout() const override { return layout_; }
    bool backwardReadsOutput() const override { return false; }
    bool gradientInPlace(std::size_t) const override { return true; }
    void bind(const StepBinding& b) override {
        x_ = reinterpret_cast<const V*>(b.inputs[0]);
        dx_ = reinterpret_cast<V*>(b.inputGradients[0]);
        y_ = reinterpret_cast<V*>(b.output);
        dy_ = reinterpret_cast<const V*>(b.outputGradient);
    }
    void forward(std::uint64_t) override {
        overRanges([this](std::int64_t i, std::int64_t count) {
            perProcessor<forwardRange<V>>(x_ + i, y_ + i, count);
        });
    }
    void backward() override {
        if (!dx_) return;
        overRanges([this](std::int64_t i, std::int64_t count) {
            perProcessor<backwardRange<V>>(x_ + i, dy_ + i, dx_ + i, count);
        });
    }

  private:
    template <class F>
    void overRanges(F f) const {
        constexpr std::int64_t range = 1 << 11;
        forEach((count_ + range - 1) / range, count_ > 4 * range,
                [&](std::int64_t r) { f(r * range, std::min(range, count_ - r * range)); });
    }

    Layout layout_;
    std::int64_t count_;
    const V *x_ = nullptr, *dy_ = nullptr;
    V *y_ = nullptr, *dx_ = nullptr;
};

KernelOffer offerGelu(const operation::Elementwise& e, const LayerRequest& r) {
    if (e.function != operation::Elementwise::Function::Gelu) return declined({});
    switch (typeOf(descOf(r.inputLayouts[0]))) {
    case Type::f32:
        return std::make_unique<Gelu<float>>(r);
    case Type::bf16:
        return std::make_unique<Gelu<Bits16>>(r);
    default:
        return declined("the values are neither f32 nor bf16");
    }
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorGelu() {
    return kernelFor<operation::Elementwise>({.id = "vector.gelu",
                                              .backend = "Burdock",
                                              .name = "GELU",
                                              .doc = "By one exponential, or in bfloat16 by a polynomial."},
                                             fast::offerGelu);
}

} // namespace burdock
