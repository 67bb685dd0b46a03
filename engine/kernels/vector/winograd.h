#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>

namespace burdock::fast {

/// A convolution of 3×3 pixels at stride 1.
struct WinogradShape {
    std::int64_t batch, channels, filters;
    std::int64_t height, width;                     ///< of the input
    std::int64_t outHeight, outWidth;               ///< of the output
    std::int64_t rowsBefore = 1, columnsBefore = 1; ///< of zeros around the input: 0 to 2
};

/// Convolutions by Winograd's minimal algorithms (Lavin and Gray: Fast algorithms for convolutional neural
/// networks, 2016). Tiles of pixels and kernels are transformed, multiplied as matrices (tiles × channels)
/// by (channels × filters), one for each place of a tile, and transformed back.
///
/// In single precision a tile of 6×6 gives 4×4 pixels with a quarter of the products. Rounding its
/// transformed values to bfloat16 would cost 2 % of precision; a tile of 4×4, which gives 2×2 pixels, costs
/// 0.3 %, for 4/9 of the products.
///
/// With L for width(), values lie as (N, C/L, H, W, L), in single precision or bfloat16; weights and their
/// gradient as (K/L, C/L, 3, 3, L channels, L filters) in single precision. All memory is on cache lines'
/// borders. Threads share the tiles: the same number of them gives the same bits, another one may round the
/// gradient of the bias differently.
class Winograd {
  public:
    /// Refuses, saying why, where compiler or processor has no AVX2 (or, for bfloat16, no products of it), or
    /// channels or filters are no multiples of two vectors: 16, with AVX-512 32.
    static tl::expected<std::unique_ptr<Winograd>, std::string> make(const WinogradShape& shape,
                                                                     bool bfloat16);
    virtual ~Winograd() = default;

    virtual std::int64_t width() const = 0;                 ///< floats of a vector: 8 or 16
    virtual std::int64_t scratchFloats() const = 0;         ///< for forward
    virtual std::int64_t trainingScratchFloats() const = 0; ///< for all three
    /// y = x * w + bias, and maybe the ReLU of it; `bias` may be null.
    virtual void forward(const float* x, const float* w, const float* bias, bool relu, float* y,
                         float* scratch) const = 0;
    virtual void backwardData(const float* dy, const float* w, float* dx, float* scratch) const = 0;
    /// `dBias` may be null.
    virtual void backwardWeights(const float* x, const float* dy, float* dw, float* dBias,
                                 float* scratch) const = 0;
};

} // namespace burdock::fast
