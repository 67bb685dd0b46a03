#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/vector/channels.h"
#include "engine/layers/operations.h"

#include <algorithm>

namespace burdock::fast {
namespace {

/// y = max(x, 0) + a·min(x, 0), which keeps what is not a number.
template <class V>
BURDOCK_INLINE void preluForward(ChannelGroup g, const V* x, const float* a, V* y) {
    forEachValue(
        g, BURDOCK_EACH {
            const float v = widened(x[i]);
            put(y[i], std::max(v, 0.0f) + a[c] * std::min(v, 0.0f));
        });
}
/// The gradient of a group's slopes over one sample.
template <class V>
BURDOCK_INLINE void preluSlopes(ChannelGroup g, const V* x, const V* dy, float* sums) {
    sumOfEach(
        g, sums, BURDOCK_EACH {
            (void)c;
            return std::min(widened(x[i]), 0.0f) * widened(dy[i]);
        });
}
template <class V>
BURDOCK_INLINE void preluBackward(ChannelGroup g, const V* x, const float* a, const V* dy, V* dx) {
    forEachValue(
        g, BURDOCK_EACH {
            const float slope = widened(x[i]) < 0.0f ? a[c] : 1.0f;
            put(dx[i], widened(dy[i]) * slope);
        });
}

/// In whatever format the values arrive.
template <class V>
class Prelu final : public Step {
  public:
    Prelu(const LayerRequest& r, const Maps& maps, const FeatureAxis& axis)
        : layout_(maps.layout())
        , maps_(featureMaps(maps, axis))
        , training_(r.training) {}
    Layout inputLayout(std::size_t) const override { return layout_; }
    Layout outputLayout() const override { return layout_; }
    bool backwardReadsOutput() const override { return false; }
    bool gradientInPlace(std::size_t) const override { return true; }
    /// The slopes of channels that fill up the last group as well, and the gradients of each sample.
    std::int64_t scratchFloats() const override {
        return paddedChannels(maps_) * (training_ ? 1 + maps_.batch : 1);
    }
    void bind(const StepBinding& b) override { b_ = b; }
    void forward(std::uint64_t) override {
        padSlopes();
        const V* const x = reinterpret_cast<const V*>(b_.inputs[0]);
        V* const y = reinterpret_cast<V*>(b_.output);
        forEachGroup(maps_, [&](std::int64_t first, std::int64_t channel) {
            perProcessor<preluForward<V>>(group(), x + first, slopes(channel), y + first);
        });
    }
    void backward() override {
        padSlopes();
        const V* const x = reinterpret_cast<const V*>(b_.inputs[0]);
        const V* const dy = reinterpret_cast<const V*>(b_.outputGradient);
        V* const dx = reinterpret_cast<V*>(b_.inputGradients[0]);
        float* const sums = b_.scratch + paddedChannels(maps_);
        forEachGroup(maps_, [&](std::int64_t first, std::int64_t channel) {
            if (b_.weightGradients[0])
                perProcessor<preluSlopes<V>>(group(), x + first, dy + first, sums + channel);
            if (dx)
                perProcessor<preluBackward<V>>(group(), x + first, slopes(channel), dy + first, dx + first);
        });
        if (b_.weightGradients[0]) addSamples(maps_, sums, b_.weightGradients[0]);
    }

  private:
    ChannelGroup group() const { return {maps_.area(), maps_.depth}; }
    void padSlopes() {
        std::fill(std::copy_n(b_.weights[0], maps_.channels, b_.scratch), b_.scratch + paddedChannels(maps_),
                  0.0f);
    }
    const float* slopes(std::int64_t channel) const { return b_.scratch + channel % paddedChannels(maps_); }

    Layout layout_;
    Maps maps_;
    bool training_;
    StepBinding b_;
};

KernelOffer offerPrelu(const operation::Prelu& p, const LayerRequest& r) {
    const Maps maps = arrivingFeatures(r, p.axis);
    return withTypeOf(maps, [&](auto value) -> KernelOffer {
        return std::make_unique<Prelu<decltype(value)>>(r, maps, p.axis);
    });
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorPrelu() {
    return kernelFor<operation::Prelu>({.id = "vector.prelu",
                                        .backend = "Burdock",
                                        .name = "PReLU",
                                        .doc = "In whatever format the values arrive."},
                                       fast::offerPrelu);
}

} // namespace burdock
