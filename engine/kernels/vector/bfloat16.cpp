#include "engine/kernels/vector/bfloat16.h"

#include "engine/kernels/vector/vectors.h"
#include "engine/tensor/per_processor.h"

namespace burdock::fast {
namespace {

BURDOCK_INLINE void roundRange(const float* from, Bits16* to, std::int64_t count) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i)
        put(to[i], from[i]);
}

#ifdef BURDOCK_VECTORS
[[gnu::target("avx512f,avx512bw,avx512vl,avx512bf16")]] void roundByInstruction(const float* from, Bits16* to,
                                                                                std::int64_t count) {
    std::int64_t i = 0;
    for (; i + 32 <= count; i += 32) {
        const __m512 low = _mm512_loadu_ps(from + i), high = _mm512_loadu_ps(from + i + 16);
        _mm512_storeu_si512(to + i, reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low)));
    }
    for (; i < count; i += 16) {
        const auto mask = static_cast<__mmask16>(count - i < 16 ? (1U << (count - i)) - 1U : 0xffffU);
        const __m256bh values = _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, from + i));
        _mm256_mask_storeu_epi16(to + i, mask, reinterpret_cast<__m256i>(values));
    }
}
#endif

} // namespace

void roundValues(const float* from, Bits16* to, std::int64_t count) {
#ifdef BURDOCK_VECTORS
    if (processor::has(processor::InstructionSet::Avx512Bfloat16)) return roundByInstruction(from, to, count);
#endif
    perProcessor<roundRange>(from, to, count);
}

} // namespace burdock::fast
