#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace burdock {

/// f(0) … f(n-1), shared among the threads if that is `worth` it. If not, OpenMP is not asked at all: it
/// would allocate even for a team of one.
template <class F>
void forEach(std::int64_t n, bool worth, F f) {
    if (!worth) {
        for (std::int64_t i = 0; i < n; ++i)
            f(i);
        return;
    }
#pragma omp parallel for schedule(static)
    for (std::int64_t i = 0; i < n; ++i)
        f(i);
}

inline constexpr std::size_t rangeFloats = 1 << 14;

/// Runs f(begin, end) over ranges of 0 … n-1 on all threads; the ranges depend only on n.
template <class F>
void overRanges(std::size_t n, F f) {
    const auto ranges = static_cast<std::int64_t>((n + rangeFloats - 1) / rangeFloats);
    forEach(ranges, ranges > 4, [&](std::int64_t r) {
        const std::size_t begin = static_cast<std::size_t>(r) * rangeFloats;
        f(begin, std::min(n, begin + rangeFloats));
    });
}

} // namespace burdock
