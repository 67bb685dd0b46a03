#pragma once

#include "engine/tensor/processor.h"

#include <utility>

#if defined(__x86_64__) && defined(__GNUC__)
#define BURDOCK_AVX2 [[gnu::target("avx2,fma")]]
#define BURDOCK_AVX512 [[gnu::target("avx512f,avx512bw,avx512vl,avx512dq,fma")]]
#else
#define BURDOCK_AVX2
#define BURDOCK_AVX512
#endif
/// A function whose loops perProcessor() builds anew for each set of instructions.
#define BURDOCK_INLINE [[gnu::always_inline]] inline

namespace burdock {
namespace per_processor {

template <auto work, class... Args>
BURDOCK_AVX2 auto withAvx2(Args&&... args) {
    return work(std::forward<Args>(args)...);
}
template <auto work, class... Args>
BURDOCK_AVX512 auto withAvx512(Args&&... args) {
    return work(std::forward<Args>(args)...);
}

} // namespace per_processor

/// Calls a BURDOCK_INLINE function in the form that is built for the vectors that may be used.
template <auto work, class... Args>
auto perProcessor(Args&&... args) {
    if (processor::has(processor::InstructionSet::Avx512))
        return per_processor::withAvx512<work>(std::forward<Args>(args)...);
    if (processor::has(processor::InstructionSet::Avx2))
        return per_processor::withAvx2<work>(std::forward<Args>(args)...);
    return work(std::forward<Args>(args)...);
}

} // namespace burdock
