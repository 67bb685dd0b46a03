#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

// Written so that the compiler makes vectors of loops over them.

namespace burdock {

using Bits16 = std::uint16_t; ///< of a bfloat16

/// e^x for x <= 0, within 3e-7 of the true value: 2^n by its bits, and a polynomial for the rest (Cephes'
/// expf). What is not a number stays so.
[[gnu::always_inline]] inline float expNegative(float x) {
    constexpr float shift = 12582912.0f; // adding 1.5·2²³ leaves the nearest whole number in the lowest bits
    x = std::max(x, -87.0f);
    const float shifted = x * 1.44269504f + shift;
    const float n = shifted - shift;
    const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    const auto exponent = std::bit_cast<std::uint32_t>(shifted) - std::bit_cast<std::uint32_t>(shift) + 127u;
    return p * std::bit_cast<float>(exponent << 23);
}

/// Values of either type as floats, and back.
[[gnu::always_inline]] inline float widened(float v) {
    return v;
}
[[gnu::always_inline]] inline float widened(Bits16 v) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(v) << 16);
}
[[gnu::always_inline]] inline void put(float& to, float v) {
    to = v;
}
/// The nearest bfloat16, of two as near the even one. What is not a number stays so.
[[gnu::always_inline]] inline void put(Bits16& to, float v) {
    const auto bits = std::bit_cast<std::uint32_t>(v);
    const std::uint32_t rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
    to = static_cast<Bits16>((bits & 0x7fffffffu) > 0x7f800000u ? 0x7fc0u : rounded);
}

} // namespace burdock
