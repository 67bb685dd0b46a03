#pragma once

#include "engine/kernels/onednn/support.h"
#include "engine/kernels/vector/bfloat16.h"
#include "engine/tensor/parallel.h"
#include "engine/tensor/per_processor.h"
#include "engine/tensor/vector_math.h"

#include <algorithm>

namespace burdock::fast {

/// y = f.value(x), which are floats whatever V is.
template <class V, class F>
BURDOCK_INLINE void valuesOf(const F f, const V* x, V* y, std::int64_t count) {
    writeValues(y, count, [=](std::int64_t first, std::int64_t end, float* values) {
#pragma omp simd
        for (std::int64_t i = first; i < end; ++i)
            values[i - first] = f.value(widened(x[i]));
    });
}
/// dx = dy·f.slope(x); `dx` may be `dy`.
template <class V, class F>
BURDOCK_INLINE void slopesOf(const F f, const V* x, const V* dy, V* dx, std::int64_t count) {
    writeValues(dx, count, [=](std::int64_t first, std::int64_t end, float* values) {
#pragma omp simd
        for (std::int64_t i = first; i < end; ++i)
            values[i - first] = widened(dy[i]) * f.slope(widened(x[i]));
    });
}

/// A function F of each value, in whatever format the values arrive; if f(0) is not 0, in one that is not
/// filled up, for what fills it up must stay 0.
template <class V, class F>
class EachValue final : public Step {
  public:
    EachValue(Layout layout, F f)
        : layout_(std::move(layout))
        , count_(static_cast<std::int64_t>(descOf(layout_).get_size() / sizeof(V)))
        , f_(f) {}
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
            perProcessor<valuesOf<V, F>>(f_, x_ + i, y_ + i, count);
        });
    }
    void backward() override {
        if (!dx_) return;
        overRanges([this](std::int64_t i, std::int64_t count) {
            perProcessor<slopesOf<V, F>>(f_, x_ + i, dy_ + i, dx_ + i, count);
        });
    }

  private:
    template <class W>
    void overRanges(W work) const {
        constexpr std::int64_t range = 1 << 11;
        forEach((count_ + range - 1) / range, count_ > 4 * range,
                [&](std::int64_t r) { work(r * range, std::min(range, count_ - r * range)); });
    }

    Layout layout_;
    std::int64_t count_;
    F f_;
    const V *x_ = nullptr, *dy_ = nullptr;
    V *y_ = nullptr, *dx_ = nullptr;
};

/// F<V> for values of either type, made of `arguments`.
template <template <class> class F, class... Arguments>
KernelOffer offerEachValue(const LayerRequest& r, Arguments... arguments) {
    Layout layout = r.inputLayouts[0];
    const auto desc = descOf(layout);
    std::int64_t values = 1;
    for (const auto dim : dimsOf(desc))
        values *= dim;
    const bool isBfloat16 = typeOf(desc) == Type::bf16;
    const auto held =
        static_cast<std::int64_t>(desc.get_size() / (isBfloat16 ? sizeof(Bits16) : sizeof(float)));
    if (held != values && F<float>{arguments...}.value(0.0f) != 0.0f)
        layout = layoutOf(plainDesc(dimsOf(desc), typeOf(desc)));
    if (isBfloat16)
        return std::make_unique<EachValue<Bits16, F<Bits16>>>(std::move(layout), F<Bits16>{arguments...});
    if (typeOf(desc) == Type::f32)
        return std::make_unique<EachValue<float, F<float>>>(std::move(layout), F<float>{arguments...});
    return declined("the values are neither f32 nor bf16");
}

} // namespace burdock::fast
