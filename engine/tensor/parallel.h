#pragma once

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

} // namespace burdock
