#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/weighted.h"
#include "engine/kernels/vector/pointwise_gradient.h"
#include "engine/layers/operations.h"
#include "engine/tensor/processor.h"

#include <omp.h>

namespace burdock::fast {
namespace {

using dnnl::memory;

/// Forward and the gradient of the input are oneDNN's, that of the weights our own.
class BlockedPointwise final : public Weighted<dnnl::convolution_forward, dnnl::convolution_backward_weights,
                                               dnnl::convolution_backward_data> {
  public:
    BlockedPointwise(const LayerRequest& r, std::int64_t filters, bool bias, const PointwiseCode& code)
        : Weighted(bias, r.reluFollows)
        , code_(code)
        , shape_{r.batch, r.inputs[0].channels, filters, r.output.area()}
        , hasBias_(bias)
        , threads_(omp_get_max_threads()) {
        const bool wide = code.lanes == 16;
        const auto values = wide ? memory::format_tag::nChw16c : memory::format_tag::nChw8c;
        const memory::dims kernels{filters, shape_.channels, 1, 1};
        const memory::desc gradient{kernels, Type::f32,
                                    wide ? memory::format_tag::OIhw16i16o : memory::format_tag::OIhw8i8o};
        const memory::dims one{1, 1}, none{0, 0};
        describeConvolution(r, dnnl::algorithm::convolution_direct,
                            {{batchDims(r.batch, r.inputs[0]), Type::f32, values},
                             anyDesc(kernels),
                             gradient,
                             bias ? plainDesc({filters}) : memory::desc(),
                             {batchDims(r.batch, r.output), Type::f32, values}},
                            one, none, none, none);
    }
    /// What all threads but the first find on their own.
    std::int64_t scratchFloats() const override {
        return std::max(Weighted::scratchFloats(), (threads_ - 1) * floats());
    }
    void bind(const StepBinding& b) override {
        Weighted::bind(b);
        b_ = b;
    }

  private:
    std::int64_t weights() const { return shape_.channels * shape_.filters; }
    std::int64_t floats() const { return weights() + shape_.filters; }

    void runWeights() override {
        if (!b_.weightGradients[0]) return;
        if (threads_ == 1) return add(0, 1);
#pragma omp parallel num_threads(threads_)
        {
            const std::int64_t count = omp_get_num_threads();
            add(omp_get_thread_num(), count);
#pragma omp barrier
            constexpr std::int64_t range = 1 << 12;
            gather(b_.weightGradients[0], 0, weights(), range, count);
            if (hasBias_) gather(b_.weightGradients[1], weights(), shape_.filters, range, count);
        }
    }
    /// What a thread finds of its share of the pieces.
    void add(std::int64_t self, std::int64_t count) const {
        float* const own = b_.scratch + (self - 1) * floats();
        float* const dw = self == 0 ? b_.weightGradients[0] : own;
        float* const dBias = !hasBias_ ? nullptr : self == 0 ? b_.weightGradients[1] : own + weights();
        std::fill_n(dw, weights(), 0.0f);
        if (dBias) std::fill_n(dBias, shape_.filters, 0.0f);
        const std::int64_t pieces = shape_.batch * pointwisePieces(shape_.pixels);
        code_.add(shape_, b_.inputs[0], b_.outputGradient, dw, dBias, pieces * self / count,
                  pieces * (self + 1) / count);
    }
    /// Adds to the first thread's sums those of the others.
    void gather(float* sums, std::int64_t place, std::int64_t size, std::int64_t range,
                std::int64_t count) const {
#pragma omp for schedule(static)
        for (std::int64_t begin = 0; begin < size; begin += range)
            for (std::int64_t other = 0; other + 1 < count; ++other) {
                const float* const from = b_.scratch + other * floats() + place;
                const std::int64_t end = std::min(size, begin + range);
#pragma omp simd
                for (std::int64_t i = begin; i < end; ++i)
                    sums[i] += from[i];
            }
    }

    PointwiseCode code_;
    PointwiseShape shape_;
    bool hasBias_;
    int threads_;
    StepBinding b_;
};

KernelOffer offerBlockedPointwise(const operation::Convolution& c, const LayerRequest& r) {
    const auto single = [](const WindowAxis& a) {
        return a.kernel == 1 && a.stride == 1 && a.before == 0 && a.after == 0;
    };
    if (c.groups != 1 || !single(c.window.x) || !single(c.window.y)) return declined({});
    if (r.mixed || !r.training || r.frozen) return declined("pays only in training in single precision");
    const PointwiseCode code = pointwiseCode();
    if (!code.add) return declined("the processor has no AVX2");
    if (r.inputs[0].channels % code.lanes != 0 || c.filters % code.lanes != 0)
        return declined("needs channels and filters in multiples of " + std::to_string(code.lanes));
    // oneDNN is as good where everything lies in the cache.
    constexpr std::int64_t fewestPixels = 100;
    if (r.output.area() < fewestPixels) return declined("pays only on maps of 100 pixels or more");
    return offer<BlockedPointwise>(r, c.filters, c.bias, code);
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry onednnBlockedPointwise() {
    return kernelFor<operation::Convolution>(
        {.id = "onednn.blocked-pointwise",
         .backend = "oneDNN",
         .name = "1×1 convolution with sums of our own",
         .doc = "In single precision: the gradient of the weights is summed up piece by piece in the cache.",
         .competes = true,
         .sumsByThread = true},
        fast::offerBlockedPointwise);
}

} // namespace burdock
