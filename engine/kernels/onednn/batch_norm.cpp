#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/support.h"
#include "engine/layers/operations.h"
#include "engine/tensor/aligned_buffer.h"

namespace burdock::fast {
namespace {

using dnnl::memory;

/// Trains with the batch's statistics and folds them into the running ones; infers, and is frozen, with the
/// running ones.
class BatchNorm final : public Step {
  public:
    BatchNorm(const LayerRequest& r, float epsilon, float momentum)
        : channels_(r.inputs[0].channels)
        , samples_(r.batch * r.inputs[0].area())
        , training_(r.training && !r.frozen)
        , learns_(r.training && (training_ || r.inputGradients[0]))
        , relu_(r.reluFollows)
        , inputGradient_(r.inputGradients[0])
        , momentum_(momentum) {
        using dnnl::normalization_flags;
        auto flags = normalization_flags::use_scale | normalization_flags::use_shift;
        if (!training_) flags |= normalization_flags::use_global_stats;
        if (relu_) flags |= normalization_flags::fuse_norm_relu;
        // Vectors are pictures of one pixel to this primitive.
        desc_ = descOf(r.inputLayouts[0]);
        if (dimsOf(desc_).size() == 2) desc_ = desc_.reshape(batchDims(r.batch, r.inputs[0]));
        layout_ = r.inputLayouts[0];
        const auto prop = learns_ ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
        forwardPd_ =
            describe<dnnl::batch_normalization_forward>(scratchAttr(), prop, desc_, desc_, epsilon, flags);
        const auto back = training_ ? dnnl::prop_kind::backward : dnnl::prop_kind::backward_data;
        if (learns_)
            backwardPd_ = describeBackward<dnnl::batch_normalization_backward>(
                forwardPd_, scratchAttr(), back, desc_, desc_, desc_, epsilon, flags);
    }
    Layout inputLayout(std::size_t) const override { return layout_; }
    Layout outputLayout() const override { return layout_; }
    bool includesRelu() const override { return relu_; }
    std::string implementation() const override { return implementationOf(forwardPd_); }
    bool backwardReadsOutput() const override { return false; }
    bool gradientInPlace(std::size_t) const override { return true; }
    std::int64_t scratchFloats() const override {
        const std::int64_t own = floatsOf(forwardPd_.scratchpad_desc());
        return learns_ ? std::max(own, floatsOf(backwardPd_.scratchpad_desc())) : own;
    }
    /// The batch's statistics, the signs that ReLU saw, and a place for the gradient of an input that nobody
    /// asked for.
    std::int64_t workspaceFloats() const override {
        return learns_ ? statistics() + signs() + (inputGradient_ ? 0 : floatsOf(desc_)) : 0;
    }

    void bind(const StepBinding& b) override {
        const auto src = bufferAt(desc_, b.inputs[0]), dst = bufferAt(desc_, b.output);
        const auto vector = plainDesc({channels_});
        batchMean_ = training_ ? b.workspace : b.weights[2];
        batchVariance_ = training_ ? b.workspace + onLines(channels_) : b.weights[3];
        runningMean_ = b.weights[2];
        runningVariance_ = b.weights[3];
        const auto mean = bufferAt(vector, batchMean_), variance = bufferAt(vector, batchVariance_);
        const auto scale = bufferAt(vector, b.weights[0]), shift = bufferAt(vector, b.weights[1]);
        forward_ = {dnnl::batch_normalization_forward(forwardPd_),
                    {{DNNL_ARG_SRC, src},
                     {DNNL_ARG_DST, dst},
                     {DNNL_ARG_MEAN, mean},
                     {DNNL_ARG_VARIANCE, variance},
                     {DNNL_ARG_SCALE, scale},
                     {DNNL_ARG_SHIFT, shift},
                     {DNNL_ARG_SCRATCHPAD, bufferAt(forwardPd_.scratchpad_desc(), b.scratch)}}};
        if (!learns_) return;
        if (relu_)
            forward_.args[DNNL_ARG_WORKSPACE] =
                bufferAt(forwardPd_.workspace_desc(), b.workspace + statistics());
        if (!b.outputGradient) return; // nothing at or below it learns
        float* const unwanted = b.workspace + statistics() + signs();
        backward_ = {
            dnnl::batch_normalization_backward(backwardPd_),
            {{DNNL_ARG_SRC, src},
             {DNNL_ARG_MEAN, mean},
             {DNNL_ARG_VARIANCE, variance},
             {DNNL_ARG_SCALE, scale},
             {DNNL_ARG_DIFF_DST, bufferAt(desc_, b.outputGradient)},
             {DNNL_ARG_DIFF_SRC, bufferAt(desc_, b.inputGradients[0] ? b.inputGradients[0] : unwanted)},
             {DNNL_ARG_SCRATCHPAD, bufferAt(backwardPd_.scratchpad_desc(), b.scratch)}}};
        if (backwardTakesShift) backward_.args[DNNL_ARG_SHIFT] = shift;
        if (training_ || frozenNormGivesSlopes) {
            backward_.args[DNNL_ARG_DIFF_SCALE] =
                bufferAt(vector, training_ ? b.weightGradients[0] : b.workspace);
            backward_.args[DNNL_ARG_DIFF_SHIFT] =
                bufferAt(vector, training_ ? b.weightGradients[1] : b.workspace + onLines(channels_));
        }
        if (relu_) backward_.args[DNNL_ARG_WORKSPACE] = forward_.args[DNNL_ARG_WORKSPACE];
    }
    void forwardAgain(std::uint64_t) override { forward_.run(); }
    void forward(std::uint64_t) override {
        forward_.run();
        if (!training_) return;
        const float unbiased =
            samples_ > 1 ? static_cast<float>(samples_) / static_cast<float>(samples_ - 1) : 1.0f;
        for (std::int64_t c = 0; c < channels_; ++c) {
            runningMean_[c] += momentum_ * (batchMean_[c] - runningMean_[c]);
            runningVariance_[c] += momentum_ * (batchVariance_[c] * unbiased - runningVariance_[c]);
        }
    }
    void backward() override {
        if (backward_) backward_.run();
    }

  private:
    /// Of the batch; or the slopes of scale and shift that a frozen one has to give and nobody reads.
    std::int64_t statistics() const {
        return training_ || frozenNormGivesSlopes ? 2 * onLines(channels_) : 0;
    }
    std::int64_t signs() const { return relu_ ? onLines(floatsOf(forwardPd_.workspace_desc())) : 0; }

    std::int64_t channels_, samples_;
    bool training_, learns_, relu_, inputGradient_;
    float momentum_;
    Layout layout_;
    memory::desc desc_;
    dnnl::batch_normalization_forward::primitive_desc forwardPd_;
    dnnl::batch_normalization_backward::primitive_desc backwardPd_;
    float *batchMean_ = nullptr, *batchVariance_ = nullptr, *runningMean_ = nullptr,
          *runningVariance_ = nullptr;
    Call forward_, backward_;
};

} // namespace

} // namespace burdock::fast

namespace burdock {

KernelEntry onednnBatchNorm() {
    return kernelFor<operation::BatchNorm>(
        {.id = "onednn.batch-normalization",
         .backend = "oneDNN",
         .name = "batch normalization",
         .doc = "With the ReLU behind it, in whatever format the values arrive.",
         .sumsByThread = true},
        [](const operation::BatchNorm& b, const LayerRequest& r) {
            return fast::offer<fast::BatchNorm>(r, b.epsilon, b.momentum);
        });
}

} // namespace burdock
