#include "engine/onednn/layers.h"
#include "engine/onednn/support.h"

namespace burdock::fast {
namespace {

using dnnl::memory;

/// Over rows of a plain batch.
class LayerNorm final : public Step {
  public:
    LayerNorm(const LayerRequest& r, std::int64_t rows, std::int64_t length, float epsilon)
        : rows_(r.batch * rows)
        , length_(length)
        , training_(r.training)
        , inputGradient_(r.inputGradients[0])
        , layout_(Layout::plainBatch(r.batch, r.inputs[0])) {
        using dnnl::normalization_flags;
        const auto flags = normalization_flags::use_scale | normalization_flags::use_shift;
        const auto desc = plainDesc({rows_, length});
        const auto prop = training_ ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
        forwardPd_ = {{prop, desc, plainDesc({rows_}), epsilon, flags}, scratchAttr(), cpu()};
        if (training_)
            backwardPd_ = {{dnnl::prop_kind::backward, desc, desc, plainDesc({rows_}), epsilon, flags},
                           scratchAttr(),
                           cpu(),
                           forwardPd_};
    }
    Layout inputLayout(std::size_t) const override { return layout_; }
    Layout outputLayout() const override { return layout_; }
    std::int64_t scratchFloats() const override {
        const std::int64_t own = floatsOf(forwardPd_.scratchpad_desc());
        return training_ ? std::max(own, floatsOf(backwardPd_.scratchpad_desc())) : own;
    }
    /// The rows' statistics, and a place for the gradient of an input that nobody asked for.
    std::int64_t workspaceFloats() const override {
        return training_ ? 2 * rows_ + (inputGradient_ ? 0 : rows_ * length_) : 0;
    }

    void bind(const StepBinding& b) override {
        const auto values = plainDesc({rows_, length_}), vector = plainDesc({length_});
        const auto src = bufferAt(values, b.inputs[0]);
        const auto scale = bufferAt(vector, b.weights[0]), shift = bufferAt(vector, b.weights[1]);
        forward_ = {dnnl::layer_normalization_forward(forwardPd_),
                    {{DNNL_ARG_SRC, src},
                     {DNNL_ARG_DST, bufferAt(values, b.output)},
                     {DNNL_ARG_SCALE, scale},
                     {DNNL_ARG_SHIFT, shift},
                     {DNNL_ARG_SCRATCHPAD, bufferAt(forwardPd_.scratchpad_desc(), b.scratch)}}};
        if (!training_) return;
        const auto mean = bufferAt(plainDesc({rows_}), b.workspace);
        const auto variance = bufferAt(plainDesc({rows_}), b.workspace + rows_);
        forward_.args[DNNL_ARG_MEAN] = mean;
        forward_.args[DNNL_ARG_VARIANCE] = variance;
        if (!b.outputGradient) return;
        float* const unwanted = b.workspace + 2 * rows_;
        backward_ = {
            dnnl::layer_normalization_backward(backwardPd_),
            {{DNNL_ARG_SRC, src},
             {DNNL_ARG_MEAN, mean},
             {DNNL_ARG_VARIANCE, variance},
             {DNNL_ARG_SCALE, scale},
             {DNNL_ARG_SHIFT, shift},
             {DNNL_ARG_DIFF_DST, bufferAt(values, b.outputGradient)},
             {DNNL_ARG_DIFF_SRC, bufferAt(values, b.inputGradients[0] ? b.inputGradients[0] : unwanted)},
             {DNNL_ARG_DIFF_SCALE, bufferAt(vector, b.weightGradients[0])},
             {DNNL_ARG_DIFF_SHIFT, bufferAt(vector, b.weightGradients[1])},
             {DNNL_ARG_SCRATCHPAD, bufferAt(backwardPd_.scratchpad_desc(), b.scratch)}}};
    }
    void forward(std::uint64_t) override { forward_.run(); }
    void backward() override {
        if (backward_) backward_.run();
    }

  private:
    std::int64_t rows_, length_;
    bool training_, inputGradient_;
    Layout layout_;
    dnnl::layer_normalization_forward::primitive_desc forwardPd_;
    dnnl::layer_normalization_backward::primitive_desc backwardPd_;
    Call forward_, backward_;
};

} // namespace

std::unique_ptr<Step> layerNorm(const LayerRequest& r, std::int64_t rows, std::int64_t length,
                                float epsilon) {
    return tryMake<LayerNorm>(r, rows, length, epsilon);
}

} // namespace burdock::fast
