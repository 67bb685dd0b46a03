#include "engine/kernels/vector/recurrence.h"

#include "engine/tensor/aligned_buffer.h"
#include "engine/tensor/parallel.h"
#include "engine/tensor/processor.h"
#include "engine/tensor/vector_math.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <omp.h>
#include <string>
#include <type_traits>

namespace burdock::fast {

using Cell = operation::Recurrent::Cell;

} // namespace burdock::fast

#define BURDOCK_VECTOR_BASELINE
#define BURDOCK_VECTOR_CODE "engine/kernels/vector/recurrence_code.inc"
#include "engine/kernels/vector/each_set.h"

namespace burdock::fast {

std::unique_ptr<Recurrence> Recurrence::make(const operation::Recurrent& layer, const LayerRequest& r) {
    const RecurrenceShape shape{
        layer.cell,          r.batch,    r.inputs[0].height,   r.inputs[0].width, layer.units,
        layer.wholeSequence, r.training, omp_get_max_threads()};
#ifdef BURDOCK_VECTORS
    using processor::InstructionSet;
    const InstructionSet set = processor::instructionSet();
    if (r.mixed) {
        if (set >= InstructionSet::Avx512Bfloat16) return avx512_bf16::makeRecurrence<Bits16>(shape);
        return set >= InstructionSet::Avx512 ? avx512::makeRecurrence<Bits16>(shape) : nullptr;
    }
    if (set >= InstructionSet::Avx512) return avx512::makeRecurrence<float>(shape);
    if (set >= InstructionSet::Avx2) return avx2::makeRecurrence<float>(shape);
#endif
    return r.mixed ? nullptr : baseline::makeRecurrence<float>(shape);
}

} // namespace burdock::fast
