#pragma once

#include <cstdint>

// Vector code is written once, for vectors of any width, and built for each set of instructions: a file that
// holds it has no guard, stands in namespace burdock::fast::BURDOCK_SET and is included by
//     #define BURDOCK_VECTOR_CODE "the file"
//     #include "engine/kernels/vector/each_set.h"
// It sees what stands here of its set. What it makes is only called where the processor can run it. With
// BURDOCK_VECTOR_BASELINE defined before, it is built for every processor as well.

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
/// Vector code is built for more than the baseline.
#define BURDOCK_VECTORS

// The values that some intrinsics leave undefined on purpose are no mistake (GCC's bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif

/// Of a set: how many floats a vector has, vectors of them, and those that lie in memory at any address.
#define BURDOCK_WIDTH(SET, LANES)                                                                            \
    namespace burdock::fast::SET {                                                                           \
    constexpr std::int64_t lanes = LANES;                                                                    \
    using Vector [[gnu::vector_size(4 * LANES)]] = float;                                                    \
    using AnywhereVector [[gnu::vector_size(4 * LANES), gnu::aligned(4), gnu::may_alias]] = float;           \
    [[gnu::always_inline]] inline AnywhereVector& vectorAt(float* values) {                                  \
        return *reinterpret_cast<AnywhereVector*>(values);                                                   \
    }                                                                                                        \
    [[gnu::always_inline]] inline const AnywhereVector& vectorAt(const float* values) {                      \
        return *reinterpret_cast<const AnywhereVector*>(values);                                             \
    }                                                                                                        \
    }

BURDOCK_WIDTH(baseline, 4)
#ifdef BURDOCK_VECTORS
BURDOCK_WIDTH(avx2, 8)
BURDOCK_WIDTH(avx512, 16)
BURDOCK_WIDTH(avx512_bf16, 16)
#endif
#undef BURDOCK_WIDTH
