#include "engine/kernels/vector/pointwise_gradient.h"

#include "engine/tensor/processor.h"

#define BURDOCK_VECTOR_CODE "engine/kernels/vector/pointwise_gradient_code.inc"
#include "engine/kernels/vector/each_set.h"

namespace burdock::fast {

PointwiseCode pointwiseCode() {
#ifdef BURDOCK_VECTORS
    using processor::InstructionSet;
    if (processor::has(InstructionSet::Avx512)) return {avx512::addPointwiseGradient, avx512::lanes};
    if (processor::has(InstructionSet::Avx2)) return {avx2::addPointwiseGradient, avx2::lanes};
#endif
    return {};
}

} // namespace burdock::fast
