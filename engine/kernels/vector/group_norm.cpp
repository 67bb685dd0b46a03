#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/vector/channels.h"
#include "engine/layers/operations.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace burdock::fast {
namespace {

template <class V>
BURDOCK_INLINE void sumValues(ChannelGroup g, const V* x, float* sums) {
    sumOfEach(
        g, sums, BURDOCK_EACH {
            (void)c;
            return widened(x[i]);
        });
}
template <class V>
BURDOCK_INLINE void sumSquares(ChannelGroup g, const V* x, const float* means, float* sums) {
    sumOfEach(
        g, sums, BURDOCK_EACH {
            const float d = widened(x[i]) - means[c];
            return d * d;
        });
}
template <class V>
BURDOCK_INLINE void sumProducts(ChannelGroup g, const V* x, const float* means, const V* dy, float* sums) {
    sumOfEach(
        g, sums, BURDOCK_EACH { return widened(dy[i]) * (widened(x[i]) - means[c]); });
}
/// y = (x − mean)·factor + shift, with numbers of each channel.
template <class V>
BURDOCK_INLINE void scaleAndShift(ChannelGroup g, const V* x, const float* means, const float* factors,
                                  const float* shifts, V* y) {
    forEachValue(
        g, BURDOCK_EACH { put(y[i], (widened(x[i]) - means[c]) * factors[c] + shifts[c]); });
}
/// dx = a·dy − (x − mean)·b − shift, with numbers of each channel.
template <class V>
BURDOCK_INLINE void combine(ChannelGroup g, const V* x, const float* means, const V* dy, const float* a,
                            const float* b, const float* shifts, V* dx) {
    forEachValue(
        g,
        BURDOCK_EACH { put(dx[i], a[c] * widened(dy[i]) - (widened(x[i]) - means[c]) * b[c] - shifts[c]); });
}

/// In whatever format the values arrive: sums of each channel first, of which those of its group are made.
template <class V>
class GroupNorm final : public Step {
  public:
    GroupNorm(const Maps& maps, const operation::GroupNorm& n)
        : layout_(maps.layout())
        , maps_(featureMaps(maps, n.axis))
        , groups_(n.groups)
        , together_(maps_.channels / n.groups)
        , epsilon_(n.epsilon) {}
    Layout inputLayout(std::size_t) const override { return layout_; }
    Layout outputLayout() const override { return layout_; }
    bool backwardReadsOutput() const override { return false; }
    bool gradientInPlace(std::size_t) const override { return true; }
    /// Mean and scale of each group.
    std::int64_t workspaceFloats() const override { return 2 * maps_.batch * groups_; }
    /// Five numbers of each channel of each sample.
    std::int64_t scratchFloats() const override { return 5 * channels(); }
    void bind(const StepBinding& b) override {
        b_ = b;
        for (std::size_t i = 0; i < 5; ++i)
            of_[i] = b.scratch + static_cast<std::int64_t>(i) * channels();
    }

    void forward(std::uint64_t) override {
        const V* const x = reinterpret_cast<const V*>(b_.inputs[0]);
        V* const y = reinterpret_cast<V*>(b_.output);
        const auto [means, sums, factors, shifts, unused] = of_;
        std::fill_n(means, channels(), 0.0f);
        forEachGroup(maps_, [&](std::int64_t first, std::int64_t c) {
            perProcessor<sumValues<V>>(group(), x + first, sums + c);
        });
        forGroups([&](std::int64_t at, std::int64_t, float* statistics) {
            statistics[0] = sumOf(sums + at) / length();
            std::fill_n(means + at, together_, statistics[0]);
        });
        forEachGroup(maps_, [&](std::int64_t first, std::int64_t c) {
            perProcessor<sumSquares<V>>(group(), x + first, means + c, sums + c);
        });
        std::fill_n(factors, channels(), 0.0f);
        std::fill_n(shifts, channels(), 0.0f);
        forGroups([&](std::int64_t at, std::int64_t channel, float* statistics) {
            statistics[1] = 1.0f / std::sqrt(sumOf(sums + at) / length() + epsilon_);
            for (std::int64_t c = 0; c < together_; ++c) {
                factors[at + c] = statistics[1] * b_.weights[0][channel + c];
                shifts[at + c] = b_.weights[1][channel + c];
            }
        });
        forEachGroup(maps_, [&](std::int64_t first, std::int64_t c) {
            perProcessor<scaleAndShift<V>>(group(), x + first, means + c, factors + c, shifts + c, y + first);
        });
    }

    /// With g = γ·dy: dx = scale·(g − mean g − x̂·mean(g·x̂)), dγ = Σ dy·x̂, dβ = Σ dy.
    void backward() override {
        const V* const x = reinterpret_cast<const V*>(b_.inputs[0]);
        const V* const dy = reinterpret_cast<const V*>(b_.outputGradient);
        V* const dx = reinterpret_cast<V*>(b_.inputGradients[0]);
        const auto [means, sums, products, a, b] = of_;
        std::fill_n(means, channels(), 0.0f);
        forGroups([&](std::int64_t at, std::int64_t, const float* statistics) {
            std::fill_n(means + at, together_, statistics[0]);
        });
        forEachGroup(maps_, [&](std::int64_t first, std::int64_t c) {
            perProcessor<sumValues<V>>(group(), dy + first, sums + c);
            perProcessor<sumProducts<V>>(group(), x + first, means + c, dy + first, products + c);
        });
        forGroups([&](std::int64_t at, std::int64_t, const float* statistics) {
            for (std::int64_t c = 0; c < together_; ++c)
                products[at + c] *= statistics[1];
        });
        if (b_.weightGradients[0]) addSamples(maps_, products, b_.weightGradients[0]);
        if (b_.weightGradients[1]) addSamples(maps_, sums, b_.weightGradients[1]);
        if (!dx) return;
        std::fill_n(a, channels(), 0.0f);
        std::fill_n(b, channels(), 0.0f);
        forGroups([&](std::int64_t at, std::int64_t channel, const float* statistics) {
            const float* const gamma = b_.weights[0] + channel;
            const float scale = statistics[1];
            float sum = 0, dot = 0;
            for (std::int64_t c = 0; c < together_; ++c) {
                sum += gamma[c] * sums[at + c];
                dot += gamma[c] * products[at + c];
            }
            for (std::int64_t c = 0; c < together_; ++c) {
                a[at + c] = scale * gamma[c];
                b[at + c] = scale * scale * dot / length();
                sums[at + c] = scale * sum / length();
            }
        });
        forEachGroup(maps_, [&](std::int64_t first, std::int64_t c) {
            perProcessor<combine<V>>(group(), x + first, means + c, dy + first, a + c, b + c, sums + c,
                                     dx + first);
        });
    }

  private:
    ChannelGroup group() const { return {maps_.area(), maps_.depth}; }
    std::int64_t channels() const { return maps_.batch * paddedChannels(maps_); }
    float length() const { return static_cast<float>(together_ * maps_.area()); }
    float sumOf(const float* values) const {
        double sum = 0;
        for (std::int64_t c = 0; c < together_; ++c)
            sum += static_cast<double>(values[c]);
        return static_cast<float>(sum);
    }
    /// work(the group's first channel among those of all samples, that channel, its mean and scale)
    template <class F>
    void forGroups(F work) const {
        for (std::int64_t i = 0; i < maps_.batch * groups_; ++i) {
            const std::int64_t channel = i % groups_ * together_;
            work(i / groups_ * paddedChannels(maps_) + channel, channel, b_.workspace + 2 * i);
        }
    }

    Layout layout_;
    Maps maps_;
    std::int64_t groups_, together_;
    float epsilon_;
    StepBinding b_;
    std::array<float*, 5> of_{};
};

KernelOffer offerGroupNorm(const operation::GroupNorm& n, const LayerRequest& r) {
    const Maps maps = arrivingFeatures(r, n.axis);
    return withTypeOf(maps, [&](auto value) -> KernelOffer {
        return std::make_unique<GroupNorm<decltype(value)>>(maps, n);
    });
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorGroupNorm() {
    return kernelFor<operation::GroupNorm>({.id = "vector.group-normalization",
                                            .backend = "Burdock",
                                            .name = "group normalization",
                                            .doc = "In whatever format the values arrive."},
                                           fast::offerGroupNorm);
}

} // namespace burdock
