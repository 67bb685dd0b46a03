#pragma once

#include "engine/tensor/vector_math.h"

#include <algorithm>
#include <cstdint>

namespace burdock::fast {

/// Rounds to the nearest bfloat16, as put() does, by the processor's own instruction where it has one.
void roundValues(const float* from, Bits16* to, std::int64_t count);

/// Calls write(first, end, values) for runs of 0 … count-1, which writes those values one behind the other,
/// and puts them where they belong.
template <class F>
[[gnu::always_inline]] inline void writeValues(Bits16* to, std::int64_t count, F write) {
    constexpr std::int64_t run = 512;
    alignas(64) float values[run];
    for (std::int64_t first = 0; first < count; first += run) {
        const std::int64_t end = std::min(first + run, count);
        write(first, end, values);
        roundValues(values, to + first, end - first);
    }
}
template <class F>
[[gnu::always_inline]] inline void writeValues(float* to, std::int64_t count, F write) {
    write(0, count, to);
}

} // namespace burdock::fast
