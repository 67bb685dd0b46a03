#include "engine/onednn/attention_heads.h"

#include "engine/onednn/vector_math.h"
#include "engine/tensor/per_processor.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace burdock::fast {
namespace {

using dnnl::memory;
/// So many values as a position sees, made full vectors as far as there are values.
std::int32_t wholeVectors(std::int32_t seen, std::int32_t count) {
    return std::min(count, (seen + 15) / 16 * 16);
}

/// In place: a softmax of the first `seen` scores, zeros after them up to `count`.
BURDOCK_PER_PROCESSOR void softmaxRow(float* row, std::int32_t seen, std::int32_t count) {
    const std::int32_t whole = wholeVectors(seen, count);
    float largest = row[0], sum = 0;
#pragma omp simd reduction(max : largest)
    for (std::int32_t j = 0; j < whole; ++j)
        largest = std::max(largest, j < seen ? row[j] : row[0]);
#pragma omp simd reduction(+ : sum)
    for (std::int32_t j = 0; j < whole; ++j) {
        const float e = expNegative(row[j] - largest);
        row[j] = j < seen ? e : 0.0f;
        sum += row[j];
    }
    const float share = 1.0f / sum;
#pragma omp simd
    for (std::int32_t j = 0; j < whole; ++j)
        row[j] *= share;
    std::fill(row + whole, row + count, 0.0f);
}

/// gradient = shares · (gradient − Σ shares·gradient), zeros after the first `seen`.
BURDOCK_PER_PROCESSOR void softmaxRowBackward(const float* shares, float* gradient, std::int32_t seen,
                                              std::int32_t count) {
    const std::int32_t whole = wholeVectors(seen, count); // the shares of the unseen are zero
    float dot = 0;
#pragma omp simd reduction(+ : dot)
    for (std::int32_t j = 0; j < whole; ++j)
        dot += shares[j] * gradient[j];
#pragma omp simd
    for (std::int32_t j = 0; j < whole; ++j)
        gradient[j] = shares[j] * (gradient[j] - dot);
    std::fill(gradient + whole, gradient + count, 0.0f);
}

template <class V>
BURDOCK_PER_PROCESSOR void copyRow(const float* from, V* to, std::int64_t count) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i)
        put(to[i], from[i]);
}

/// Row by row, from a table of three times the width into three tables, and back.
void splitRows(const float* threefold, const std::array<float*, 3>& tables, std::int64_t rows,
               std::int64_t width) {
#pragma omp parallel for schedule(static)
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::size_t part = 0; part < 3; ++part)
            std::copy_n(threefold + (3 * row + static_cast<std::int64_t>(part)) * width, width,
                        tables[part] + row * width);
}
template <class V>
void joinRows(const std::array<float*, 3>& tables, V* threefold, std::int64_t rows, std::int64_t width) {
#pragma omp parallel for schedule(static)
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::size_t part = 0; part < 3; ++part)
            copyRow(tables[part] + row * width,
                    threefold + (3 * row + static_cast<std::int64_t>(part)) * width, width);
}

std::int64_t wholeLines(std::int64_t floats) {
    return (floats + 15) / 16 * 16;
}

} // namespace

AttentionHeads::AttentionHeads(const LayerRequest& r, std::int64_t heads, bool causal)
    : rows_(r.batch * r.output.height)
    , shareRows_(rows_ * heads)
    , features_(r.output.width)
    , positions_(static_cast<std::int32_t>(r.output.height))
    , causal_(causal)
    , mixed_(r.mixed)
    , training_(r.training) {
    const std::int64_t t = positions_, size = features_ / heads;
    const auto describe = [&](std::int64_t rows, std::int64_t columns, const memory::dims& strides) {
        return memory::desc({r.batch, heads, rows, columns}, Type::f32, strides);
    };
    const auto table = describe(t, size, {t * features_, size, features_, 1}),
               turnedTable = describe(size, t, {t * features_, size, 1, features_}),
               shares = describe(t, t, {heads * t * t, t * t, t, 1}),
               turnedShares = describe(t, t, {heads * t * t, t * t, 1, t});
    tableFloats_ = wholeLines(rows_ * features_);
    shareFloats_ = wholeLines(shareRows_ * t);

    const float scale = 1.0f / std::sqrt(static_cast<float>(size));
    scores_ = product(table, turnedTable, shares, scale);
    mix_ = product(shares, table, table);
    if (!training_) return;
    shareGradient_ = product(table, turnedTable, shares);
    queryGradient_ = product(shares, table, table, scale);
    keyGradient_ = product(turnedShares, table, table, scale);
    valueGradient_ = product(turnedShares, table, table);
}

AttentionHeads::Product AttentionHeads::product(const memory::desc& a, const memory::desc& b,
                                                const memory::desc& c, float scale) const {
    dnnl::primitive_attr attr = scratchAttr();
    if (scale != 1) attr.set_output_scales(0, {scale});
    return {{{a, b, c}, attr, cpu()}, {}};
}

std::int64_t AttentionHeads::workspaceFloats() const {
    return 3 * tableFloats_ + shareFloats_;
}

/// In backward the gradients of tables and shares; behind them what the products use.
std::int64_t AttentionHeads::scratchFloats() const {
    std::int64_t within = 0;
    for (const Product* p :
         {&scores_, &mix_, &shareGradient_, &queryGradient_, &keyGradient_, &valueGradient_})
        if (p->pd) within = std::max(within, floatsOf(p->pd.scratchpad_desc()));
    return (training_ ? 3 * tableFloats_ + shareFloats_ : 0) + within;
}

void AttentionHeads::bindProduct(Product& p, float* a, float* b, float* c) {
    p.call = {dnnl::matmul(p.pd),
              {{DNNL_ARG_SRC, bufferAt(p.pd.src_desc(), a)},
               {DNNL_ARG_WEIGHTS, bufferAt(p.pd.weights_desc(), b)},
               {DNNL_ARG_DST, bufferAt(p.pd.dst_desc(), c)},
               {DNNL_ARG_SCRATCHPAD, bufferAt(p.pd.scratchpad_desc(), productScratch_)}}};
}

void AttentionHeads::bind(const Binding& b) {
    qkv_ = b.qkv;
    gradientSums_ = b.gradientSums;
    float* next = b.workspace;
    for (float*& table : tables_)
        table = std::exchange(next, next + tableFloats_);
    shares_ = next;

    next = b.scratch;
    if (training_) {
        for (float*& table : tableGradients_)
            table = std::exchange(next, next + tableFloats_);
        shareGradients_ = std::exchange(next, next + shareFloats_);
    }
    productScratch_ = next;

    const auto [q, k, v] = tables_;
    bindProduct(scores_, q, k, shares_);
    bindProduct(mix_, shares_, v, b.context);
    if (!training_ || !b.contextGradient) return;
    const auto [dq, dk, dv] = tableGradients_;
    bindProduct(shareGradient_, b.contextGradient, v, shareGradients_);
    bindProduct(valueGradient_, shares_, b.contextGradient, dv);
    bindProduct(queryGradient_, shareGradients_, k, dq);
    bindProduct(keyGradient_, shareGradients_, q, dk);
}

void AttentionHeads::forward() const {
    splitRows(qkv_, tables_, rows_, features_);
    scores_.call.run();
#pragma omp parallel for schedule(static)
    for (std::int64_t row = 0; row < shareRows_; ++row)
        softmaxRow(shares_ + row * positions_, seenFrom(row), positions_);
    mix_.call.run();
}

void AttentionHeads::backward() const {
    shareGradient_.call.run();
    valueGradient_.call.run();
#pragma omp parallel for schedule(static)
    for (std::int64_t row = 0; row < shareRows_; ++row)
        softmaxRowBackward(shares_ + row * positions_, shareGradients_ + row * positions_, seenFrom(row),
                           positions_);
    queryGradient_.call.run();
    keyGradient_.call.run();
    if (gradientSums_) sumGradients();
    if (mixed_)
        joinRows(tableGradients_, reinterpret_cast<Bits16*>(qkv_), rows_, features_);
    else
        joinRows(tableGradients_, qkv_, rows_, features_);
}

void AttentionHeads::sumGradients() const {
    constexpr std::int64_t together = 16;
    const std::int64_t parts = (features_ + together - 1) / together;
#pragma omp parallel for schedule(static)
    for (std::int64_t n = 0; n < 3 * parts; ++n) {
        const std::int64_t first = n % parts * together, count = std::min(together, features_ - first);
        const float* const table = tableGradients_[static_cast<std::size_t>(n / parts)] + first;
        std::array<float, together> sum{};
        for (std::int64_t row = 0; row < rows_; ++row)
            for (std::int64_t i = 0; i < count; ++i)
                sum[static_cast<std::size_t>(i)] += table[row * features_ + i];
        std::copy_n(sum.begin(), count, gradientSums_ + n / parts * features_ + first);
    }
}

} // namespace burdock::fast
