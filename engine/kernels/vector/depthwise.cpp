#include "engine/kernels/vector/depthwise.h"

#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/support.h"
#include "engine/kernels/weight_copy.h"
#include "engine/layers/operations.h"
#include "engine/tensor/processor.h"
#include "engine/tensor/vector_math.h"

#include <algorithm>
#include <omp.h>

#define BURDOCK_VECTOR_CODE "engine/kernels/vector/depthwise_code.inc"
#include "engine/kernels/vector/each_set.h"

namespace burdock::fast {
namespace {

using dnnl::memory;

template <class V>
DepthwiseCode<V> codeFor() {
#ifdef BURDOCK_VECTORS
    using processor::InstructionSet;
    if (processor::has(InstructionSet::Avx512Bfloat16)) return avx512_bf16::depthwiseCode<V>();
    if (processor::has(InstructionSet::Avx512)) return avx512::depthwiseCode<V>();
    if (processor::has(InstructionSet::Avx2)) return avx2::depthwiseCode<V>();
#endif
    return {};
}

/// Over (N, C/L, H, W, L), C filled up to whole vectors. Threads share samples and vectors; the gradients of
/// the weights are summed over the samples afterwards, the same on any number of threads.
template <class V>
class Depthwise final : public Step {
  public:
    Depthwise(const LayerRequest& r, const operation::Convolution& c, const DepthwiseCode<V>& code)
        : code_(code)
        , window_(c.window)
        , batch_(r.batch)
        , channels_(c.filters)
        , blocks_((c.filters + code.lanes - 1) / code.lanes)
        , bias_(c.bias)
        , relu_(r.reluFollows)
        , training_(r.training)
        , learns_(r.training && !r.frozen)
        , threads_(omp_get_max_threads())
        , input_({batchDims(r.batch, r.inputs[0]), valueType(r), tag()})
        , output_({batchDims(r.batch, r.output), valueType(r), tag()})
        , weights_(
              layoutOf({{c.filters, 1, 1, c.window.y.kernel, c.window.x.kernel},
                        Type::f32,
                        code.lanes == 16 ? memory::format_tag::Goihw16g : memory::format_tag::Goihw8g})) {
        if (relu_ && training_) reluPd_ = reluBackwardDesc(output_);
    }
    Layout inputLayout(std::size_t) const override { return layoutOf(input_); }
    Layout outputLayout() const override { return layoutOf(output_); }
    Layout weightLayout(std::size_t index) const override { return index == 0 ? weights_ : Layout{}; }
    std::vector<Layout> weightCopies(std::size_t index) const override {
        return index == 0 ? std::vector{weights_} : std::vector<Layout>{};
    }
    /// A row of the input's gradient for each thread, or the weights' gradients of each sample.
    std::int64_t scratchFloats() const override {
        return training_ ? std::max(threads_ * row(), batch_ * blocks_ * sums()) + padded() : padded();
    }
    bool includesRelu() const override { return relu_; }
    void leaveReluBackward() override { reluPd_ = {}; }
    bool backwardReadsInput(std::size_t) const override { return learns_; }
    bool backwardReadsOutput() const override { return static_cast<bool>(reluPd_); }

    void bind(const StepBinding& b) override {
        b_ = b;
        copy_ = b.weightCopies[0][0];
        if (copy_) b_.weights[0] = copy_->data();
        if (!reluPd_ || !b.outputGradient) return;
        const memory gradient = bufferAt(output_, b.outputGradient);
        reluBackward_ = {dnnl::eltwise_backward(reluPd_),
                         {{DNNL_ARG_DST, bufferAt(output_, b.output)},
                          {DNNL_ARG_DIFF_DST, gradient},
                          {DNNL_ARG_DIFF_SRC, gradient}}};
    }
    void forward(std::uint64_t) override {
        if (copy_) copy_->refresh();
        float* const bias = b_.scratch; // filled up to whole vectors
        std::fill_n(bias, padded(), 0.0f);
        if (bias_) std::copy_n(b_.weights[1], channels_, bias);
        overMaps([&](std::int64_t map, std::int64_t block) {
            code_.forward(window_,
                          {values(b_.inputs[0]) + map * inFloats(), values(b_.output) + map * outFloats(),
                           b_.weights[0] + block * kernel(), bias + block * code_.lanes, relu_});
        });
    }
    void backward() override {
        if (!b_.outputGradient) return;
        if (reluBackward_) reluBackward_.run();
        const V* const dy = values(b_.outputGradient);
        if (b_.weightGradients[0]) {
            overMaps([&](std::int64_t map, std::int64_t) {
                float* const own = b_.scratch + map * sums();
                code_.backwardWeights(window_, values(b_.inputs[0]) + map * inFloats(),
                                      dy + map * outFloats(), own, own + kernel());
            });
            addSamples();
        }
        if (b_.inputGradients[0])
            overMaps([&](std::int64_t map, std::int64_t block) {
                code_.backwardData(window_, dy + map * outFloats(), b_.weights[0] + block * kernel(),
                                   values(b_.inputGradients[0]) + map * inFloats(),
                                   b_.scratch + omp_get_thread_num() * row());
            });
    }

  private:
    static V* values(float* memory) { return reinterpret_cast<V*>(memory); }
    memory::format_tag tag() const {
        return code_.lanes == 16 ? memory::format_tag::nChw16c : memory::format_tag::nChw8c;
    }
    std::int64_t padded() const { return blocks_ * code_.lanes; }
    std::int64_t kernel() const { return window_.y.kernel * window_.x.kernel * code_.lanes; }
    std::int64_t sums() const { return kernel() + code_.lanes; } ///< and the bias's
    std::int64_t row() const { return window_.x.input * code_.lanes; }
    std::int64_t inFloats() const { return window_.y.input * row(); }
    std::int64_t outFloats() const { return window_.y.output * window_.x.output * code_.lanes; }

    /// visit(vector of channels counted over the samples, the same within its sample)
    template <class F>
    void overMaps(F visit) const {
        const std::int64_t maps = batch_ * blocks_;
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
        for (std::int64_t map = 0; map < maps; ++map)
            visit(map, map % blocks_);
    }
    void addSamples() const {
        for (std::int64_t block = 0; block < blocks_; ++block) {
            float* const all = b_.scratch + block * sums();
            for (std::int64_t n = 1; n < batch_; ++n) {
                const float* const one = all + n * blocks_ * sums();
#pragma omp simd
                for (std::int64_t i = 0; i < sums(); ++i)
                    all[i] += one[i];
            }
            std::copy_n(all, kernel(), b_.weightGradients[0] + block * kernel());
            const std::int64_t first = block * code_.lanes;
            if (bias_ && b_.weightGradients[1])
                std::copy_n(all + kernel(), std::min(code_.lanes, channels_ - first),
                            b_.weightGradients[1] + first);
        }
    }

    DepthwiseCode<V> code_;
    Window window_;
    std::int64_t batch_, channels_, blocks_;
    bool bias_, relu_, training_, learns_;
    int threads_;
    memory::desc input_, output_;
    Layout weights_;
    dnnl::eltwise_backward::primitive_desc reluPd_;
    StepBinding b_;
    WeightCopy* copy_ = nullptr;
    Call reluBackward_;
};

KernelOffer offerDepthwise(const operation::Convolution& c, const LayerRequest& r) {
    if (c.groups == 1) return declined({});
    if (c.groups != c.filters || c.groups != r.inputs[0].channels)
        return declined("computes one kernel a channel only");
    // oneDNN's own kernels have no gradients of others.
    const auto small = [](const WindowAxis& a) { return a.kernel <= 3 && a.dilation == 1; };
    if (small(c.window.y) && small(c.window.x)) return declined("oneDNN is as good for kernels of 3×3");
    if (!processor::has(processor::InstructionSet::Avx2)) return declined("the processor has no AVX2");
    if (r.mixed) return std::make_unique<Depthwise<Bits16>>(r, c, codeFor<Bits16>());
    return std::make_unique<Depthwise<float>>(r, c, codeFor<float>());
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorDepthwise() {
    return kernelFor<operation::Convolution>(
        {.id = "vector.depthwise",
         .backend = "Burdock",
         .name = "depthwise convolution",
         .doc = "With kernels larger than 3×3 or dilated, a vector of channels at a time."},
        fast::offerDepthwise);
}

} // namespace burdock
