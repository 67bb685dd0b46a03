#pragma once

#include <cstdint>
#include <limits>

namespace burdock {

/// a + b, or the largest number where that is beyond it. Neither is negative.
constexpr std::int64_t saturatedSum(std::int64_t a, std::int64_t b) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return a > most - b ? most : a + b;
}

/// a · b, or the largest number where that is beyond it. Neither is negative.
constexpr std::int64_t saturatedProduct(std::int64_t a, std::int64_t b) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return a > 0 && b > most / a ? most : a * b;
}

} // namespace burdock
