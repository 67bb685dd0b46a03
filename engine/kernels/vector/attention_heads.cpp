#include "engine/kernels/vector/attention_heads.h"

#include "engine/kernels/vector/attention_head.h"
#include "engine/tensor/processor.h"
#include "engine/tensor/vector_math.h"

#include <algorithm>
#include <limits>
#include <omp.h>
#include <utility>

#define BURDOCK_VECTOR_BASELINE
#define BURDOCK_VECTOR_CODE "engine/kernels/vector/attention_code.inc"
#include "engine/kernels/vector/each_set.h"

namespace burdock::fast {
namespace {

/// Built for the vectors that may be used.
template <class V>
struct HeadCode {
    void (*forward)(const AttentionHead&, const float*, V*, std::int64_t);
    void (*backward)(const AttentionHead&, const float*, const V*, V*, float*, std::int64_t);
};
template <class V>
HeadCode<V> headCode() {
#ifdef BURDOCK_VECTORS
    if (processor::has(processor::InstructionSet::Avx512)) return {avx512::forwardHead, avx512::backwardHead};
    if (processor::has(processor::InstructionSet::Avx2)) return {avx2::forwardHead, avx2::backwardHead};
#endif
    return {baseline::forwardHead, baseline::backwardHead};
}

} // namespace

AttentionHeads::AttentionHeads(const LayerRequest& r, std::int64_t heads, bool causal)
    : batch_(r.batch)
    , heads_(heads)
    , positions_(r.output.height)
    , features_(r.output.width)
    , size_(features_ / heads)
    , causal_(causal)
    , mixed_(r.mixed)
    , training_(r.training)
    , threads_(omp_get_max_threads()) {}

std::int64_t AttentionHeads::shareFloats() const {
    return wholeBlocks(positions_) * wholeBlocks(positions_);
}
/// What a head is computed in.
std::int64_t AttentionHeads::floatsWithin() const {
    return 6 * wholeBlocks(positions_) * wholeBlocks(size_) + shareFloats();
}
/// Backward needs the shares again.
std::int64_t AttentionHeads::workspaceFloats() const {
    return training_ ? batch_ * heads_ * shareFloats() : 0;
}
/// Each thread's, and the sums of each sample's gradients.
std::int64_t AttentionHeads::scratchFloats() const {
    return threads_ * floatsWithin() + (training_ ? batch_ * 3 * features_ : 0);
}

/// Head `n % heads` of sample `n / heads`, in the calling thread's memory.
AttentionHead AttentionHeads::headAt(std::int64_t n) const {
    AttentionHead h{};
    h.positions = positions_;
    h.size = size_;
    h.causal = causal_;
    float* next = b_.scratch + omp_get_thread_num() * floatsWithin();
    for (float** table : {&h.query, &h.key, &h.value, &h.gradient, &h.turned, &h.result})
        *table = std::exchange(next, next + h.rows() * h.columns());
    h.shareGradients = next;
    h.shares = training_ ? b_.workspace + n * shareFloats() : next;
    return h;
}

template <class V>
void AttentionHeads::forwardIn(V* context) const {
    const auto forwardHead = headCode<V>().forward;
#pragma omp parallel for schedule(static) num_threads(threads_)
    for (std::int64_t n = 0; n < batch_ * heads_; ++n) {
        const std::int64_t row = n / heads_ * positions_, column = n % heads_ * size_;
        forwardHead(headAt(n), b_.qkv + 3 * row * features_ + column, context + row * features_ + column,
                    features_);
    }
}
void AttentionHeads::forward() const {
    mixed_ ? forwardIn(reinterpret_cast<Bits16*>(b_.context)) : forwardIn(b_.context);
}

template <class V>
void AttentionHeads::backwardIn(const V* contextGradient, V* qkvGradient) const {
    float* const sums = b_.scratch + threads_ * floatsWithin();
    const auto backwardHead = headCode<V>().backward;
#pragma omp parallel for schedule(static) num_threads(threads_)
    for (std::int64_t n = 0; n < batch_ * heads_; ++n) {
        const std::int64_t row = n / heads_ * positions_, column = n % heads_ * size_;
        backwardHead(headAt(n), b_.qkv + 3 * row * features_ + column,
                     contextGradient + row * features_ + column, qkvGradient + 3 * row * features_ + column,
                     sums + n / heads_ * 3 * features_ + column, features_);
    }
    if (!b_.gradientSums) return;
    std::fill_n(b_.gradientSums, 3 * features_, 0.0f);
    for (std::int64_t sample = 0; sample < batch_; ++sample)
        for (std::int64_t i = 0; i < 3 * features_; ++i)
            b_.gradientSums[i] += sums[sample * 3 * features_ + i];
}
void AttentionHeads::backward() const {
    if (mixed_)
        backwardIn(reinterpret_cast<const Bits16*>(b_.contextGradient),
                   reinterpret_cast<Bits16*>(b_.qkvGradient));
    else
        backwardIn<float>(b_.contextGradient, b_.qkvGradient);
}

} // namespace burdock::fast
