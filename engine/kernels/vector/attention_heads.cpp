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
    using Function = void (*)(const AttentionHead&, const HeadRows<V>& at, const HeadRows<V>& next,
                              std::int64_t width);
    Function forward, backward;
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

/// Those of the same head's number as headAt(); none where there is no such head.
template <class V>
HeadRows<V> AttentionHeads::rowsOf(std::int64_t n) const {
    if (n >= batch_ * heads_) return {};
    const std::int64_t sample = n / heads_, column = n % heads_ * size_;
    const std::int64_t inContext = sample * positions_ * features_ + column;
    const std::int64_t inQkv = 3 * sample * positions_ * features_ + column;
    HeadRows<V> rows{.qkv = b_.qkv + inQkv, .context = reinterpret_cast<V*>(b_.context) + inContext};
    if (!b_.qkvGradient) return rows;
    rows.contextGradient = reinterpret_cast<const V*>(b_.contextGradient) + inContext;
    rows.qkvGradient = reinterpret_cast<V*>(b_.qkvGradient) + inQkv;
    rows.sums = b_.scratch + threads_ * floatsWithin() + sample * 3 * features_ + column;
    return rows;
}

template <class V>
void AttentionHeads::forwardIn() const {
    const auto forwardHead = headCode<V>().forward;
#pragma omp parallel for schedule(static) num_threads(threads_)
    for (std::int64_t n = 0; n < batch_ * heads_; ++n)
        forwardHead(headAt(n), rowsOf<V>(n), rowsOf<V>(n + 1), features_);
}
void AttentionHeads::forward() const {
    mixed_ ? forwardIn<Bits16>() : forwardIn<float>();
}

template <class V>
void AttentionHeads::backwardIn() const {
    const auto backwardHead = headCode<V>().backward;
#pragma omp parallel for schedule(static) num_threads(threads_)
    for (std::int64_t n = 0; n < batch_ * heads_; ++n)
        backwardHead(headAt(n), rowsOf<V>(n), rowsOf<V>(n + 1), features_);
    if (!b_.gradientSums) return;
    std::fill_n(b_.gradientSums, 3 * features_, 0.0f);
    const float* const sums = b_.scratch + threads_ * floatsWithin();
    for (std::int64_t sample = 0; sample < batch_; ++sample)
        for (std::int64_t i = 0; i < 3 * features_; ++i)
            b_.gradientSums[i] += sums[sample * 3 * features_ + i];
}
void AttentionHeads::backward() const {
    mixed_ ? backwardIn<Bits16>() : backwardIn<float>();
}

} // namespace burdock::fast
