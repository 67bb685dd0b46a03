#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/vector/channels.h"
#include "engine/layers/operations.h"

namespace burdock::fast {
namespace {

template <class V>
BURDOCK_INLINE void multiplyRange(const V* a, const V* b, V* y, std::int64_t count) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i)
        put(y[i], widened(a[i]) * widened(b[i]));
}
template <class V>
BURDOCK_INLINE void multiplyGroup(ChannelGroup g, const V* x, const float* gate, V* y) {
    forEachValue(
        g, BURDOCK_EACH { put(y[i], widened(x[i]) * gate[c]); });
}
template <class V>
BURDOCK_INLINE void gateGradient(ChannelGroup g, const V* x, const V* dy, float* sums) {
    sumOfEach(
        g, sums, BURDOCK_EACH {
            (void)c;
            return widened(x[i]) * widened(dy[i]);
        });
}

/// Of two inputs in the format of the first.
template <class V>
class Multiply final : public Step {
  public:
    explicit Multiply(const Maps& maps)
        : maps_(maps) {}
    Layout inputLayout(std::size_t) const override { return maps_.layout(); }
    Layout outputLayout() const override { return maps_.layout(); }
    bool backwardReadsOutput() const override { return false; }
    void bind(const StepBinding& b) override { b_ = b; }
    void forward(std::uint64_t) override { run(b_.inputs[0], b_.inputs[1], b_.output); }
    void backward() override {
        for (const std::size_t i : {0u, 1u})
            if (b_.inputGradients[i]) run(b_.outputGradient, b_.inputs[1 - i], b_.inputGradients[i]);
    }

  private:
    void run(const float* a, const float* b, float* y) const {
        constexpr std::int64_t range = 1 << 12;
        const auto at = [](const float* values) { return reinterpret_cast<const V*>(values); };
        forEach((maps_.values() + range - 1) / range, maps_.values() > 1 << 14, [&](std::int64_t r) {
            const std::int64_t first = r * range;
            perProcessor<multiplyRange<V>>(at(a) + first, at(b) + first, reinterpret_cast<V*>(y) + first,
                                           std::min(range, maps_.values() - first));
        });
    }

    Maps maps_;
    StepBinding b_;
};

/// A number for each channel times maps in whatever format they arrive. The numbers are in single precision.
template <class V>
class Gate final : public Step {
  public:
    Gate(const LayerRequest& r, const Maps& maps)
        : maps_(maps)
        , gate_(Layout::plainBatch(r.batch, r.inputs[1])) {}
    Layout inputLayout(std::size_t port) const override { return port == 0 ? maps_.layout() : gate_; }
    Layout outputLayout() const override { return maps_.layout(); }
    bool backwardReadsOutput() const override { return false; }
    /// Of each sample the gates, or their gradients, of the channels that fill up the last group as well.
    std::int64_t scratchFloats() const override { return 2 * maps_.batch * paddedChannels(maps_); }
    void bind(const StepBinding& b) override { b_ = b; }
    void forward(std::uint64_t) override { multiply(b_.inputs[0], b_.output); }
    void backward() override {
        if (b_.inputGradients[1]) sumGates();
        if (b_.inputGradients[0]) multiply(b_.outputGradient, b_.inputGradients[0]);
    }

  private:
    ChannelGroup group() const { return {maps_.area(), maps_.depth}; }
    void multiply(const float* from, float* to) const {
        const V* const x = reinterpret_cast<const V*>(from);
        V* const y = reinterpret_cast<V*>(to);
        for (std::int64_t n = 0; n < maps_.batch; ++n) {
            float* const end = std::copy_n(b_.inputs[1] + n * maps_.channels, maps_.channels,
                                           b_.scratch + n * paddedChannels(maps_));
            std::fill_n(end, paddedChannels(maps_) - maps_.channels, 0.0f);
        }
        forEachGroup(maps_, [&](std::int64_t first, std::int64_t channel) {
            perProcessor<multiplyGroup<V>>(group(), x + first, b_.scratch + channel, y + first);
        });
    }
    void sumGates() const {
        const V* const x = reinterpret_cast<const V*>(b_.inputs[0]);
        const V* const dy = reinterpret_cast<const V*>(b_.outputGradient);
        float* const sums = b_.scratch + maps_.batch * paddedChannels(maps_);
        forEachGroup(maps_, [&](std::int64_t first, std::int64_t channel) {
            perProcessor<gateGradient<V>>(group(), x + first, dy + first, sums + channel);
        });
        for (std::int64_t n = 0; n < maps_.batch; ++n)
            std::copy_n(sums + n * paddedChannels(maps_), maps_.channels,
                        b_.inputGradients[1] + n * maps_.channels);
    }

    Maps maps_;
    Layout gate_;
    StepBinding b_;
};

KernelOffer offerMultiply(const operation::Multiply&, const LayerRequest& r) {
    if (r.inputs.size() != 2) return declined("multiplies two inputs only");
    const Maps maps = arrivingMaps(r);
    return withTypeOf(maps, [&](auto value) -> KernelOffer {
        using V = decltype(value);
        if (r.inputs[1] == r.inputs[0]) return std::make_unique<Multiply<V>>(maps);
        return std::make_unique<Gate<V>>(r, maps);
    });
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorMultiply() {
    return kernelFor<operation::Multiply>({.id = "vector.multiply",
                                           .backend = "Burdock",
                                           .name = "product",
                                           .doc =
                                               "Of two inputs, value by value or with one for each channel, "
                                               "in the first one's format."},
                                          fast::offerMultiply);
}

} // namespace burdock
