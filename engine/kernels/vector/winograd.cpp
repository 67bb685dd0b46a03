#include "engine/kernels/vector/winograd.h"

#include "engine/kernels/vector/blocks.h"
#include "engine/tensor/processor.h"

#include <algorithm>
#include <omp.h>
#include <utility>

#define BURDOCK_VECTOR_CODE "engine/kernels/vector/winograd_code.inc"
#include "engine/kernels/vector/each_set.h"

namespace burdock::fast {

tl::expected<std::unique_ptr<Winograd>, std::string> Winograd::make([[maybe_unused]] const WinogradShape& s,
                                                                    [[maybe_unused]] bool bfloat16) {
#ifdef BURDOCK_VECTORS
    using processor::InstructionSet;
    const InstructionSet set = processor::instructionSet();
    if (set < InstructionSet::Avx2) return tl::unexpected(std::string("the processor has no AVX2"));
    if (bfloat16 && set < InstructionSet::Avx512Bfloat16)
        return tl::unexpected(std::string("the processor has no products of bfloat16"));
    const std::int64_t panel = 2 * (set < InstructionSet::Avx512 ? avx2::lanes : avx512::lanes);
    if (s.channels % panel != 0 || s.filters % panel != 0)
        return tl::unexpected("needs channels and filters in multiples of " + std::to_string(panel));
    if (bfloat16) return avx512_bf16::makeWinograd(s);
    return set < InstructionSet::Avx512 ? avx2::makeWinograd(s) : avx512::makeWinograd(s);
#else
    return tl::unexpected(std::string("the program was built without vectors"));
#endif
}

} // namespace burdock::fast
