#pragma once

#include <cstdint>

namespace burdock::fast {

/// Of a 1×1 convolution at stride 1: C channels, F filters, P pixels a sample.
struct PointwiseShape {
    std::int64_t batch, channels, filters, pixels;
};

/// The gradient of the weights of a 1×1 convolution in single precision.
struct PointwiseCode {
    /// dw += dy · xᵀ, and dBias += Σ dy, which may be null, over the pieces from `first` to before `end`,
    /// counted over the samples. With L for `lanes`, values lie as (N, C/L, P, L) and (N, F/L, P, L), weights
    /// as (F/L, C/L, L channels, L filters).
    void (*add)(const PointwiseShape&, const float* x, const float* dy, float* dw, float* dBias,
                std::int64_t first, std::int64_t end) = nullptr;
    std::int64_t lanes = 0;
};
/// For the processor; nothing where it has no AVX2.
PointwiseCode pointwiseCode();

/// Pieces of a sample: what is read of one stays in the cache.
constexpr std::int64_t pointwisePieces(std::int64_t pixels) {
    constexpr std::int64_t most = 512;
    return (pixels + most - 1) / most;
}

} // namespace burdock::fast
