#include "engine/layers/embedding.h"

#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/support.h"
#include "engine/kernels/weight_copy.h"
#include "engine/layers/operations.h"
#include "engine/tensor/parallel.h"
#include "engine/tensor/per_processor.h"
#include "engine/tensor/vector_math.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace burdock::fast {
namespace {

constexpr std::int64_t worthThreads = 1 << 14;

template <class V>
BURDOCK_INLINE void copyRow(const float* from, V* to, std::int64_t count) {
#pragma omp simd
    for (std::int64_t d = 0; d < count; ++d)
        put(to[d], from[d]);
}
/// Adds the first `width` values of each of `count` runs, which are `stride` long, to the row of a table that
/// `rows` tells.
template <class V>
BURDOCK_INLINE void addRows(const std::int32_t* rows, std::int64_t count, std::int64_t stride, const V* from,
                            float* table, std::int64_t width) {
    for (std::int64_t t = 0; t < count; ++t, from += stride) {
        float* const __restrict to = table + rows[t] * stride;
#pragma omp simd
        for (std::int64_t d = 0; d < width; ++d)
            to[d] += widened(from[d]);
    }
}

/// Rows of a table, in the precision that their reader wants. Backward sets the gradient of the whole table
/// to zero, for it is kept as such, unless another step has begun it; then each thread adds up its own
/// features of all tokens.
class Embedding final : public Step {
  public:
    Embedding(const LayerRequest& r, const operation::Embedding& e)
        : request_(r)
        , e_(e)
        , tokens_(r.batch * r.inputs[0].size())
        , output_(Layout::plainBatch(r.batch, r.output)) {}
    Layout inputLayout(std::size_t) const override {
        return Layout::plainBatch(request_.batch, request_.inputs[0]);
    }
    Layout outputLayout() const override { return output_; }
    bool writeAs(const Layout& wanted) override {
        if (descOf(wanted) != plainDesc(wanted.dims(), Type::bf16)) return false;
        output_ = wanted;
        return true;
    }
    bool addToWeightGradient(std::size_t) override {
        adds_ = true;
        return true;
    }
    std::vector<Layout> weightCopies(std::size_t) const override {
        return {Layout::plain({e_.vocabulary, e_.features})};
    }
    bool backwardReadsInput(std::size_t) const override { return false; }
    bool backwardReadsOutput() const override { return false; }
    /// The row of each token, kept for backward.
    std::int64_t workspaceFloats() const override { return request_.training ? tokens_ : 0; }

    void bind(const StepBinding& b) override {
        b_ = b;
        copy_ = b.weightCopies[0][0];
        rows_ = request_.training ? reinterpret_cast<std::int32_t*>(b.workspace) : nullptr;
    }
    void forward(std::uint64_t) override {
        if (copy_) copy_->refresh();
        if (output_.isPlain())
            lookUp(b_.output);
        else
            lookUp(reinterpret_cast<Bits16*>(b_.output));
    }
    void backward() override {
        if (float* const dx = b_.inputGradients[0]) std::fill_n(dx, tokens_, 0.0f); // tokens are level
        float* const dw = b_.weightGradients[0];
        if (!dw) return;
        if (!adds_) clear(dw);
        if (output_.isPlain())
            addUp(b_.outputGradient, dw);
        else
            addUp(reinterpret_cast<const Bits16*>(b_.outputGradient), dw);
    }

  private:
    template <class V>
    void lookUp(V* y) const {
        const float* const table = copy_ ? copy_->data() : b_.weights[0];
        forEach(tokens_, isWorthThreads(), [&](std::int64_t t) {
            const std::int32_t row = rowOf(b_.inputs[0][t]);
            if (rows_) rows_[t] = row;
            perProcessor<copyRow<V>>(table + row * e_.features, y + t * e_.features, e_.features);
        });
    }
    /// In parts so large that they go past the caches, which they would only empty.
    void clear(float* dw) const {
        constexpr std::int64_t parts = 4;
        const std::int64_t size = e_.vocabulary * e_.features;
        forEach(parts, size > 1 << 16, [&](std::int64_t i) {
            const std::int64_t first = i * size / parts, end = (i + 1) * size / parts;
            std::memset(dw + first, 0, static_cast<std::size_t>(end - first) * sizeof(float));
        });
    }
    template <class V>
    void addUp(const V* dy, float* dw) const {
        constexpr std::int64_t band = 32; // features: two lines of the cache
        forEach((e_.features + band - 1) / band, isWorthThreads(), [&](std::int64_t i) {
            const std::int64_t first = i * band, width = std::min(band, e_.features - first);
            perProcessor<addRows<V>>(rows_, tokens_, e_.features, dy + first, dw + first, width);
        });
    }
    bool isWorthThreads() const { return tokens_ * e_.features > worthThreads; }
    std::int32_t rowOf(float token) const {
        const float nearest = std::round(token); // what is not a number counts as the first
        return nearest > 0
                   ? static_cast<std::int32_t>(std::min(nearest, static_cast<float>(e_.vocabulary - 1)))
                   : 0;
    }

    LayerRequest request_;
    operation::Embedding e_;
    std::int64_t tokens_;
    Layout output_;
    bool adds_ = false;
    StepBinding b_;
    WeightCopy* copy_ = nullptr;
    std::int32_t* rows_ = nullptr;
};

template <class V>
BURDOCK_INLINE void addPositions(const V* x, const float* positions, V* y, std::int64_t count) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i)
        put(y[i], widened(x[i]) + positions[i]);
}
/// sums[i] = Σ dy[n·size + i] over the samples n.
template <class V>
BURDOCK_INLINE void sumOverSamples(const V* dy, std::int64_t batch, std::int64_t size, float* __restrict sums,
                                   std::int64_t count) {
    std::fill_n(sums, count, 0.0f);
    for (std::int64_t n = 0; n < batch; ++n, dy += size)
#pragma omp simd
        for (std::int64_t i = 0; i < count; ++i)
            sums[i] += widened(dy[i]);
}

/// Adds the same numbers to each sample of a plain batch.
template <class V>
class Positions final : public Step {
  public:
    Positions(const LayerRequest& r, const Layout& layout, bool learned)
        : layout_(layout)
        , learned_(learned)
        , batch_(r.batch)
        , size_(r.output.size()) {
        if (learned) return;
        for (std::int64_t t = 0; t < r.output.height; ++t)
            for (std::int64_t d = 0; d < r.output.width; ++d)
                waves_.push_back(static_cast<float>(positionWave(t, d, r.output.width)));
    }
    Layout inputLayout(std::size_t) const override { return layout_; }
    Layout outputLayout() const override { return layout_; }
    bool backwardReadsInput(std::size_t) const override { return false; }
    bool backwardReadsOutput() const override { return false; }
    bool gradientInPlace(std::size_t) const override { return true; }
    void bind(const StepBinding& b) override { b_ = b; }
    void forward(std::uint64_t) override {
        const float* const positions = learned_ ? b_.weights[0] : waves_.data();
        const V* const x = reinterpret_cast<const V*>(b_.inputs[0]);
        V* const y = reinterpret_cast<V*>(b_.output);
        forEachRange(batch_, [&](std::int64_t n, std::int64_t first, std::int64_t count) {
            perProcessor<addPositions<V>>(x + n * size_ + first, positions + first, y + n * size_ + first,
                                          count);
        });
    }
    void backward() override {
        const V* const dy = reinterpret_cast<const V*>(b_.outputGradient);
        if (learned_ && b_.weightGradients[0])
            forEachRange(1, [&](std::int64_t, std::int64_t first, std::int64_t count) {
                perProcessor<sumOverSamples<V>>(dy + first, batch_, size_, b_.weightGradients[0] + first,
                                                count);
            });
        float* const dx = b_.inputGradients[0];
        if (!dx || dx == b_.outputGradient) return;
        forEachRange(batch_, [&](std::int64_t n, std::int64_t first, std::int64_t count) {
            std::copy_n(dy + n * size_ + first, count, reinterpret_cast<V*>(dx) + n * size_ + first);
        });
    }

  private:
    /// work(sample, first value within it, how many)
    template <class F>
    void forEachRange(std::int64_t samples, F work) const {
        constexpr std::int64_t range = 1 << 11;
        const std::int64_t ranges = (size_ + range - 1) / range;
        forEach(samples * ranges, batch_ * size_ > worthThreads, [&](std::int64_t i) {
            const std::int64_t first = i % ranges * range;
            work(i / ranges, first, std::min(range, size_ - first));
        });
    }

    Layout layout_;
    bool learned_;
    std::int64_t batch_, size_;
    std::vector<float> waves_;
    StepBinding b_;
};

KernelOffer offerPositions(const operation::Positions& p, const LayerRequest& r) {
    const auto desc = descOf(r.inputLayouts[0]);
    if (desc == plainDesc(dimsOf(desc), Type::bf16))
        return std::make_unique<Positions<Bits16>>(r, r.inputLayouts[0], p.learned);
    return std::make_unique<Positions<float>>(r, Layout::plainBatch(r.batch, r.inputs[0]), p.learned);
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorEmbedding() {
    return kernelFor<operation::Embedding>(
        {.id = "vector.embedding",
         .backend = "Burdock",
         .name = "rows of a table",
         .doc =
             "Each thread adds up the gradients of its own features, so that their sums do not depend on the "
             "number of threads."},
        [](const operation::Embedding& e, const LayerRequest& r) -> KernelOffer {
            return std::make_unique<fast::Embedding>(r, e);
        });
}

KernelEntry vectorPositions() {
    return kernelFor<operation::Positions>({.id = "vector.positions",
                                            .backend = "Burdock",
                                            .name = "sum with positions",
                                            .doc = "In the precision in which the values arrive."},
                                           fast::offerPositions);
}

} // namespace burdock
