#pragma once

#include <cstdint>

namespace burdock::fast {

/// The pixels of some neighbouring channels of one sample, each pixel `step` values behind the one before;
/// and what is known of these channels. With scale = 1/√(variance + ε): x̂ = (x − mean)·scale.
template <class V>
struct NormRun {
    const V *x, *dy;
    V* out; ///< y in forward, dx in backward, which may be dy
    std::int64_t pixels, step;
    bool relu;                         ///< y = max(0, γ·x̂ + β)
    const float *mean, *factor, *beta; ///< factor = γ·scale
};

/// For runs of so many channels.
template <class V>
struct NormCode {
    std::int64_t channels;
    /// Mean of the pixels, and the sum of their squared distances from it.
    void (*statistics)(const NormRun<V>&, float* mean, float* squares);
    void (*apply)(const NormRun<V>&);
    /// Σ dy and Σ dy·(x − mean).
    void (*sums)(const NormRun<V>&, float* ofGradient, float* ofProduct);
    /// dx = factor·(dy − fromMean − (x − mean)·fromScale); without the two where they are null.
    void (*gradient)(const NormRun<V>&, const float* fromMean, const float* fromScale);
};

} // namespace burdock::fast
