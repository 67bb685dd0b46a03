#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/vector/each_value.h"
#include "engine/layers/operations.h"

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
struct Gelu {
    [[gnu::always_inline]] float value(float x) const { return valueAt(x, V{}); }
    [[gnu::always_inline]] float slope(float x) const { return slopeAt(x, V{}); }
};

KernelOffer offerGelu(const operation::Elementwise& e, const LayerRequest& r) {
    if (e.function != operation::Elementwise::Function::Gelu) return declined({});
    return offerEachValue<Gelu>(r);
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
