#include "engine/onednn/layers.h"
#include "engine/onednn/support.h"
#include "engine/onednn/vector_math.h"
#include "engine/tensor/per_processor.h"

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

template <class V>
BURDOCK_PER_PROCESSOR void forwardRange(const V* x, V* y, std::int64_t count) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) {
        const float value = widened(x[i]);
        put(y[i], value * normalAt(value).below);
    }
}
/// `dx` may be `dy`.
template <class V>
BURDOCK_PER_PROCESSOR void backwardRange(const V* x, const V* dy, V* dx, std::int64_t count) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) {
        const float value = widened(x[i]);
        const Normal normal = normalAt(value);
        put(dx[i], widened(dy[i]) * (normal.below + value * normal.density));
    }
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
#pragma omp parallel for schedule(static) if (count_ > 4 * range)
        for (std::int64_t i = 0; i < count_; i += range)
            forwardRange(x_ + i, y_ + i, std::min(range, count_ - i));
    }
    void backward() override {
        if (!dx_) return;
#pragma omp parallel for schedule(static) if (count_ > 4 * range)
        for (std::int64_t i = 0; i < count_; i += range)
            backwardRange(x_ + i, dy_ + i, dx_ + i, std::min(range, count_ - i));
    }

  private:
    static constexpr std::int64_t range = 1 << 11;
    Layout layout_;
    std::int64_t count_;
    const V *x_ = nullptr, *dy_ = nullptr;
    V *y_ = nullptr, *dx_ = nullptr;
};

} // namespace

std::unique_ptr<Step> gelu(const LayerRequest& r) {
    switch (descOf(r.inputLayouts[0]).data_type()) {
    case Type::f32:
        return std::make_unique<Gelu<float>>(r);
    case Type::bf16:
        return std::make_unique<Gelu<Bits16>>(r);
    default:
        return nullptr;
    }
}

} // namespace burdock::fast
