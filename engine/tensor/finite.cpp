#include "engine/tensor/finite.h"

#include "engine/tensor/parallel.h"
#include "engine/tensor/per_processor.h"

#include <bit>

namespace burdock {
namespace {

BURDOCK_INLINE std::uint32_t bitsOf(float v) {
    return std::bit_cast<std::uint32_t>(v);
}
BURDOCK_INLINE std::uint16_t bitsOf(std::uint16_t v) {
    return v;
}

/// An exponent of all ones: infinity or not a number.
template <class T>
BURDOCK_INLINE bool anyOdd(const T* values, std::size_t begin, std::size_t end) {
    using Bits = decltype(bitsOf(T()));
    constexpr Bits exponent = sizeof(T) == sizeof(float) ? Bits(0x7f800000u) : Bits(0x7f80u);
    Bits odd = 0;
    for (std::size_t i = begin; i < end; ++i)
        odd = static_cast<Bits>(odd | ((bitsOf(values[i]) & exponent) == exponent));
    return odd != 0;
}

template <class T>
bool noneIsOdd(std::span<const T> values) {
    bool odd = false;
    overRanges(values.size(), [&](std::size_t begin, std::size_t end) {
        if (!perProcessor<anyOdd<T>>(values.data(), begin, end)) return;
#pragma omp atomic write
        odd = true;
    });
    return !odd;
}

} // namespace

bool allFinite(std::span<const float> values) {
    return noneIsOdd(values);
}
bool allFiniteBfloat16(std::span<const std::uint16_t> values) {
    return noneIsOdd(values);
}

} // namespace burdock
