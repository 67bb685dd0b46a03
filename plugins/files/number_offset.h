#pragma once

#include <algorithm>
#include <cmath>

namespace burdock {

/// What to take off numbers from `smallest` to `largest` so that single precision tells them apart; 0 where
/// that is not needed, as they change enough beside their size.
inline double numberOffset(double smallest, double largest) {
    constexpr double enough = 4096; // leaves 12 of the 24 bits of single precision to what changes
    const double spread = largest - smallest, size = std::max(std::abs(smallest), std::abs(largest));
    return spread > 0 && size > enough * spread ? smallest : 0;
}

} // namespace burdock
