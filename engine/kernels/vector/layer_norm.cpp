#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/support.h"
#include "engine/kernels/vector/bfloat16.h"
#include "engine/layers/operations.h"
#include "engine/tensor/per_processor.h"
#include "engine/tensor/vector_math.h"

#include <cmath>
#include <omp.h>

namespace burdock::fast {
namespace {

/// One row of `length` values: its weights γ and β, and what is known of it from forward.
struct Row {
    const float *x, *gamma;
    std::int64_t length;
    float mean, scale;
};

/// y = γ·(x − mean)·scale + β; finds mean and scale. Unless it is centred, mean and β are none.
template <class V, bool centred>
BURDOCK_INLINE void forwardRow(Row& r, const float* beta, V* y, float epsilon) {
    const std::int64_t length = r.length;
    const float *const x = r.x, *const gamma = r.gamma;
    float sum = 0, squares = 0;
    if constexpr (centred)
#pragma omp simd reduction(+ : sum)
        for (std::int64_t i = 0; i < length; ++i)
            sum += x[i];
    const float mean = sum / static_cast<float>(length);
#pragma omp simd reduction(+ : squares)
    for (std::int64_t i = 0; i < length; ++i)
        squares += (x[i] - mean) * (x[i] - mean);
    const float scale = 1.0f / std::sqrt(squares / static_cast<float>(length) + epsilon);
    writeValues(y, length, [=](std::int64_t first, std::int64_t end, float* values) {
#pragma omp simd
        for (std::int64_t i = first; i < end; ++i)
            values[i - first] = gamma[i] * ((x[i] - mean) * scale) + (centred ? beta[i] : 0.0f);
    });
    r.mean = mean;
    r.scale = scale;
}

/// With g = γ·dy: dx = scale·(g − mean g − x̂·mean(g·x̂)), dγ += dy·x̂, dβ += dy. `dx` may be null, or `dy`.
/// Unless it is centred, the mean of g is left out.
template <class V, bool centred>
BURDOCK_INLINE void backwardRow(const Row& r, const V* dy, float* dx, float* dGamma, float* dBeta) {
    const std::int64_t length = r.length;
    const float *const x = r.x, *const gamma = r.gamma;
    const float mean = r.mean, scale = r.scale;
    float sum = 0, dot = 0;
#pragma omp simd reduction(+ : sum, dot)
    for (std::int64_t i = 0; i < length; ++i) {
        const float d = widened(dy[i]), normal = (x[i] - mean) * scale, g = gamma[i] * d;
        dGamma[i] += d * normal;
        if (centred) dBeta[i] += d;
        sum += g;
        dot += g * normal;
    }
    if (!dx) return;
    const float fromMean = centred ? sum / static_cast<float>(length) : 0.0f,
                fromScale = dot / static_cast<float>(length);
#pragma omp simd
    for (std::int64_t i = 0; i < length; ++i)
        dx[i] = scale * (gamma[i] * widened(dy[i]) - fromMean - (x[i] - mean) * scale * fromScale);
}

/// Over rows of a plain batch in single precision. V is the type of the output: in mixed precision dense
/// layers read it in bfloat16.
template <class V, bool centred>
class LayerNorm final : public Step {
  public:
    LayerNorm(const LayerRequest& r, std::int64_t rows, std::int64_t length, float epsilon)
        : rows_(r.batch * rows)
        , length_(length)
        , epsilon_(epsilon)
        , training_(r.training)
        , threads_(omp_get_max_threads())
        , input_(Layout::plainBatch(r.batch, r.inputs[0]))
        , output_(layoutOf(plainDesc(input_.dims(), valueType(r)))) {}
    Layout inputLayout(std::size_t) const override { return input_; }
    Layout outputLayout() const override { return output_; }
    bool backwardReadsOutput() const override { return false; }
    bool gradientInPlace(std::size_t) const override { return true; }
    /// Sums of the weights' gradients over each part of the rows.
    std::int64_t scratchFloats() const override { return training_ ? parts() * 2 * length_ : 0; }
    /// Mean and scale of each row.
    std::int64_t workspaceFloats() const override { return training_ ? 2 * rows_ : 0; }

    void bind(const StepBinding& b) override { b_ = b; }
    void forward(std::uint64_t) override {
        V* const y = reinterpret_cast<V*>(b_.output);
#pragma omp parallel for schedule(static) num_threads(threads_) if (isWorthThreads())
        for (std::int64_t n = 0; n < rows_; ++n) {
            Row row{b_.inputs[0] + n * length_, b_.weights[0], length_, 0, 0};
            perProcessor<forwardRow<V, centred>>(row, centred ? b_.weights[1] : nullptr, y + n * length_,
                                                 epsilon_);
            if (!training_) continue;
            b_.workspace[2 * n] = row.mean;
            b_.workspace[2 * n + 1] = row.scale;
        }
    }
    void backward() override {
        if (!b_.outputGradient) return;
        const V* const dy = reinterpret_cast<const V*>(b_.outputGradient);
        float* const dx = b_.inputGradients[0];
        const std::int64_t all = parts();
#pragma omp parallel num_threads(threads_) if (isWorthThreads())
        {
            // Parts of the rows, not of the threads, so that any number of threads adds in the same order.
#pragma omp for schedule(static)
            for (std::int64_t part = 0; part < all; ++part) {
                float* const dGamma = b_.scratch + part * 2 * length_;
                std::fill_n(dGamma, 2 * length_, 0.0f);
                for (std::int64_t n = part * rows_ / all; n < (part + 1) * rows_ / all; ++n) {
                    const Row row{b_.inputs[0] + n * length_, b_.weights[0], length_, b_.workspace[2 * n],
                                  b_.workspace[2 * n + 1]};
                    perProcessor<backwardRow<V, centred>>(
                        row, dy + n * length_, dx ? dx + n * length_ : nullptr, dGamma, dGamma + length_);
                }
            }
            for (std::size_t w = 0; w < (centred ? 2 : 1); ++w) {
                if (!b_.weightGradients[w]) continue;
#pragma omp for schedule(static)
                for (std::int64_t i = 0; i < length_; ++i) {
                    const float* const part = b_.scratch + static_cast<std::int64_t>(w) * length_ + i;
                    float sum = 0;
                    for (std::int64_t p = 0; p < all; ++p)
                        sum += part[p * 2 * length_];
                    b_.weightGradients[w][i] = sum;
                }
            }
        }
    }

  private:
    std::int64_t parts() const {
        return std::min<std::int64_t>(rows_, 32);
    }
    bool isWorthThreads() const {
        return rows_ * length_ > 1 << 13;
    }

    std::int64_t rows_, length_;
    float epsilon_;
    bool training_;
    int threads_;
    Layout input_, output_;
    StepBinding b_;
};

template <bool centred>
KernelOffer offerNorm(const operation::LayerNorm& n, const LayerRequest& r) {
    if (r.mixed) return std::make_unique<LayerNorm<Bits16, centred>>(r, n.rows, n.length, n.epsilon);
    return std::make_unique<LayerNorm<float, centred>>(r, n.rows, n.length, n.epsilon);
}
KernelOffer offerLayerNorm(const operation::LayerNorm& n, const LayerRequest& r) {
    return n.centred ? offerNorm<true>(n, r) : offerNorm<false>(n, r);
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorLayerNorm() {
    return kernelFor<operation::LayerNorm>(
        {.id = "vector.layer-normalization",
         .backend = "Burdock",
         .name = "layer normalization",
         .doc = "Rows in single precision, in vectors as wide as the processor's."},
        fast::offerLayerNorm);
}

} // namespace burdock
