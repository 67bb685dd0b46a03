#pragma once

#include "engine/kernels/onednn/maps.h"
#include "engine/layers/feature_axis.h"
#include "engine/tensor/parallel.h"
#include "engine/tensor/per_processor.h"
#include "engine/tensor/vector_math.h"

namespace burdock::fast {

/// The maps whose channels are the features of a shape: of a plain batch of sequences its features lie side
/// by side at each position.
inline Maps featureMaps(const Maps& maps, const FeatureAxis& axis) {
    if (!axis.sequence) return maps;
    return {maps.tag, maps.type, maps.batch, axis.features, axis.places, 1, axis.features};
}
/// As the values of an input arrive, if its features can be told so, otherwise plain.
inline Maps arrivingFeatures(const LayerRequest& r, const FeatureAxis& axis) {
    const Maps maps = arrivingMaps(r);
    if (!axis.sequence || maps.depth == 1) return maps;
    return *mapsOf(Layout::plainBatch(r.batch, r.inputs[0]));
}

/// The values of one group of channels of one sample: `depth` side by side at each of `places`.
struct ChannelGroup {
    std::int64_t places, depth;
};

/// f(value, its channel within the group) for each value.
template <class F>
BURDOCK_INLINE void forEachValue(const ChannelGroup& g, F f) {
    if (g.depth == 1) {
#pragma omp simd
        for (std::int64_t p = 0; p < g.places; ++p)
            f(p, std::int64_t{0});
        return;
    }
    for (std::int64_t p = 0; p < g.places; ++p) {
        const std::int64_t first = p * g.depth;
#pragma omp simd
        for (std::int64_t c = 0; c < g.depth; ++c)
            f(first + c, c);
    }
}

/// sums[c] = Σ f(value, c) over the values of each channel.
template <class F>
BURDOCK_INLINE void sumOfEach(const ChannelGroup& g, float* __restrict sums, F f) {
    if (g.depth == 1) {
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t p = 0; p < g.places; ++p)
            sum += f(p, std::int64_t{0});
        sums[0] = sum;
        return;
    }
    for (std::int64_t c = 0; c < g.depth; ++c)
        sums[c] = 0;
    for (std::int64_t p = 0; p < g.places; ++p) {
        const std::int64_t first = p * g.depth;
#pragma omp simd
        for (std::int64_t c = 0; c < g.depth; ++c)
            sums[c] += f(first + c, c);
    }
}

/// A function object that is built anew for each set of instructions along with what calls it.
#define BURDOCK_EACH [&](std::int64_t i, std::int64_t c) __attribute__((always_inline))

/// work(group's first value, its first channel in sums of padded channels over the samples) for all groups.
template <class F>
void forEachGroup(const Maps& m, F work) {
    const std::int64_t groups = m.groups();
    forEach(m.batch * groups, m.values() > 1 << 14,
            [&](std::int64_t i) { work(i * m.area() * m.depth, i * m.depth); });
}
/// Channels with what fills up the last group.
inline std::int64_t paddedChannels(const Maps& m) {
    return m.groups() * m.depth;
}
/// sums[c] = Σ parts[n·padded + c] over the samples n.
inline void addSamples(const Maps& m, const float* parts, float* sums) {
    for (std::int64_t c = 0; c < m.channels; ++c) {
        float sum = 0;
        for (std::int64_t n = 0; n < m.batch; ++n)
            sum += parts[n * paddedChannels(m) + c];
        sums[c] = sum;
    }
}

} // namespace burdock::fast
