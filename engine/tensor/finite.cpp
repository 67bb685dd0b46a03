#include "engine/tensor/finite.h"

#include "engine/tensor/parallel.h"
#include "engine/tensor/per_processor.h"

#include <bit>

namespace burdock {
namespace {

// An exponent of all ones: infinity or not a number.

BURDOCK_PER_PROCESSOR bool anyOdd(const float* values, std::size_t begin, std::size_t end) {
    constexpr std::uint32_t exponent = 0x7f800000u;
    std::uint32_t odd = 0;
    for (std::size_t i = begin; i < end; ++i)
        odd |= static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(values[i]) & exponent) == exponent);
    return odd != 0;
}

BURDOCK_PER_PROCESSOR bool anyOdd(const std::uint16_t* values, std::size_t begin, std::size_t end) {
    constexpr std::uint16_t exponent = 0x7f80u;
    std::uint16_t odd = 0;
    for (std::size_t i = begin; i < end; ++i)
        odd = static_cast<std::uint16_t>(odd | ((values[i] & exponent) == exponent));
    return odd != 0;
}

template <class T>
bool noneIsOdd(std::span<const T> values) {
    bool odd = false;
    overRanges(values.size(), [&](std::size_t begin, std::size_t end) {
        if (!anyOdd(values.data(), begin, end)) return;
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
