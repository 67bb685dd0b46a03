#include "engine/kernels/vector/weight_gradient.h"

#include "engine/kernels/vector/blocks.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/tensor/processor.h"

#include <algorithm>
#include <omp.h>

namespace burdock::fast {
namespace {

/// So many rows are summed up at once, whatever the vectors.
constexpr std::int64_t mostRows = 192;
/// Up to whole panels of the widest vectors.
constexpr std::int64_t panelled(std::int64_t inputs) {
    return (inputs + 63) / 64 * 64;
}
std::int64_t floatsWithin(const WeightGradient& g) {
    return mostRows * (panelled(g.inputs) + blockSize) + blockSize * 64;
}

} // namespace
} // namespace burdock::fast

#define BURDOCK_VECTOR_BASELINE
#define BURDOCK_VECTOR_CODE "engine/kernels/vector/weight_gradient_code.inc"
#include "engine/kernels/vector/each_set.h"

namespace burdock::fast {
namespace {

auto sumsCode() {
#ifdef BURDOCK_VECTORS
    using processor::InstructionSet;
    if (processor::has(InstructionSet::Avx512)) return avx512::addGradients;
    if (processor::has(InstructionSet::Avx2)) return avx2::addGradients;
#endif
    return baseline::addGradients;
}

} // namespace

std::int64_t WeightGradient::scratchFloats() const {
    return threads * floatsWithin(*this);
}

/// Threads share the outputs, by whole cache lines.
void WeightGradient::run() const {
    const std::int64_t blocks = (outputs + blockSize - 1) / blockSize;
    const auto part = [&](std::int64_t n, std::int64_t all) {
        const std::int64_t first = blocks * n / all * blockSize, end = blocks * (n + 1) / all * blockSize;
        sumsCode()(*this, first, std::min(end, outputs), scratch + n * floatsWithin(*this));
    };
    if (rows * outputs * inputs < 1 << 18 || threads == 1) return part(0, 1);
#pragma omp parallel num_threads(threads)
    part(omp_get_thread_num(), omp_get_num_threads());
}

} // namespace burdock::fast
