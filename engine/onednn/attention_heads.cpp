#include "engine/onednn/attention_heads.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <omp.h>
#include <oneapi/dnnl/dnnl.h>

// Builds a function several times, for newer instruction sets too; the best is chosen when the program
// starts.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define BURDOCK_VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BURDOCK_VECTOR_CLONES
#endif

namespace burdock::fast {
namespace {

/// e^x for x <= 0, within 3e-7 of the true value: 2^n by its bits, and a polynomial for the rest (Cephes'
/// expf). Written so that the compiler makes vectors of it.
[[gnu::always_inline]] inline float expNegative(float x) {
    x = std::max(x, -87.0f);
    const float n = std::floor(x * 1.44269504f + 0.5f);
    const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    return p * std::bit_cast<float>((static_cast<std::int32_t>(n) + 127) << 23);
}

/// A softmax of the first `seen` values, zeros after them up to `count`.
BURDOCK_VECTOR_CLONES
void softmaxRow(float* row, std::int64_t seen, std::int64_t count) {
    float largest = row[0], sum = 0;
#pragma omp simd reduction(max : largest)
    for (std::int64_t j = 0; j < seen; ++j)
        largest = std::max(largest, row[j]);
#pragma omp simd reduction(+ : sum)
    for (std::int64_t j = 0; j < seen; ++j)
        sum += row[j] = expNegative(row[j] - largest);
    const float share = 1.0f / sum;
#pragma omp simd
    for (std::int64_t j = 0; j < seen; ++j)
        row[j] *= share;
    std::fill(row + seen, row + count, 0.0f);
}

/// gradient = shares · (gradient − Σ shares·gradient)
BURDOCK_VECTOR_CLONES
void softmaxRowBackward(const float* shares, float* gradient, std::int64_t count) {
    float dot = 0;
#pragma omp simd reduction(+ : dot)
    for (std::int64_t j = 0; j < count; ++j)
        dot += shares[j] * gradient[j];
#pragma omp simd
    for (std::int64_t j = 0; j < count; ++j)
        gradient[j] = shares[j] * (gradient[j] - dot);
}

/// C (m × n) = alpha · A·B + beta · C, row-major; a transposed operand is given as it lies.
void multiply(char transA, char transB, std::int64_t m, std::int64_t n, std::int64_t k, float alpha,
              const float* a, std::int64_t lda, const float* b, std::int64_t ldb, float beta, float* c,
              std::int64_t ldc) {
    dnnl_sgemm(transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

} // namespace

AttentionHeads::AttentionHeads(std::int64_t batch, std::int64_t positions, std::int64_t features,
                               std::int64_t heads, bool causal)
    : batch_(batch)
    , positions_(positions)
    , features_(features)
    , heads_(heads)
    , size_(features / heads)
    , causal_(causal)
    , scale_(1.0f / std::sqrt(static_cast<float>(size_)))
    , threads_(omp_get_max_threads()) {}

/// Few enough that a block of shares stays in cache, and that a causal head skips what it does not see.
std::int64_t AttentionHeads::rowsAtOnce() const {
    return std::min<std::int64_t>(positions_, 64);
}

std::int64_t AttentionHeads::scratchFloats() const {
    return threads_ * rowsAtOnce() * positions_;
}

void AttentionHeads::forward(const float* qkv, float* shares, float* context) const {
    const std::int64_t pitch = 3 * features_, block = rowsAtOnce();
#pragma omp parallel for schedule(static)
    for (std::int64_t n = 0; n < batch_ * heads_; ++n) {
        const std::int64_t first = n / heads_ * positions_, column = n % heads_ * size_;
        const float* const q = qkv + first * pitch + column;
        const float *const k = q + features_, *const v = k + features_;
        float* const found = context + first * features_ + column;
        for (std::int64_t i = 0; i < positions_; i += block) {
            const std::int64_t rows = std::min(block, positions_ - i);
            const std::int64_t count = causal_ ? i + rows : positions_;
            float* const a = shares + (n * positions_ + i) * positions_;
            multiply('N', 'T', rows, count, size_, scale_, q + i * pitch, pitch, k, pitch, 0, a, positions_);
            for (std::int64_t r = 0; r < rows; ++r)
                softmaxRow(a + r * positions_, causal_ ? i + r + 1 : count, count);
            multiply('N', 'N', rows, size_, count, 1, a, positions_, v, pitch, 0, found + i * features_,
                     features_);
        }
    }
}

void AttentionHeads::backward(const float* qkv, const float* shares, const float* contextGradient,
                              float* qkvGradient, float* scratch) const {
    const std::int64_t pitch = 3 * features_, block = rowsAtOnce();
#pragma omp parallel for schedule(static) num_threads(threads_)
    for (std::int64_t n = 0; n < batch_ * heads_; ++n) {
        const std::int64_t first = n / heads_ * positions_, column = n % heads_ * size_;
        const float* const q = qkv + first * pitch + column;
        const float *const k = q + features_, *const v = k + features_;
        float* const dq = qkvGradient + first * pitch + column;
        float *const dk = dq + features_, *const dv = dk + features_;
        float* const da = scratch + omp_get_thread_num() * block * positions_;
        // From the last rows, which see all positions, so that the first product sets every key's gradient.
        float beta = 0;
        for (std::int64_t i = (positions_ - 1) / block * block; i >= 0; i -= block) {
            const std::int64_t rows = std::min(block, positions_ - i);
            const std::int64_t count = causal_ ? i + rows : positions_;
            const float* const a = shares + (n * positions_ + i) * positions_;
            const float* const dFound = contextGradient + (first + i) * features_ + column;
            multiply('N', 'T', rows, count, size_, 1, dFound, features_, v, pitch, 0, da, positions_);
            for (std::int64_t r = 0; r < rows; ++r)
                softmaxRowBackward(a + r * positions_, da + r * positions_, count);
            multiply('N', 'N', rows, size_, count, scale_, da, positions_, k, pitch, 0, dq + i * pitch,
                     pitch);
            multiply('T', 'N', count, size_, rows, scale_, da, positions_, q + i * pitch, pitch, beta, dk,
                     pitch);
            multiply('T', 'N', count, size_, rows, 1, a, positions_, dFound, features_, beta, dv, pitch);
            beta = 1;
        }
    }
}

} // namespace burdock::fast
