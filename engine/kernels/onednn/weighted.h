#pragma once

#include "engine/kernels/onednn/support.h"
#include "engine/kernels/weight_copy.h"

#include <algorithm>
#include <string_view>

namespace burdock::fast {

/// What convolution and inner product have in common: a weight, maybe a bias, the ReLU behind it as a
/// post-operation, and two backward primitives that agree with forward on the formats of their values.
template <class Forward, class BackwardWeights, class BackwardData>
class Weighted : public Step {
  public:
    Layout inputLayout(std::size_t) const override { return layoutOf(forwardPd_.src_desc()); }
    Layout outputLayout() const override { return layoutOf(forwardPd_.dst_desc()); }
    /// The format of the gradient, so that neither the optimizer nor backward needs a copy.
    Layout weightLayout(std::size_t index) const override {
        if (index != 0) return {};
        const auto desc = weightsPd_ ? weightsPd_.diff_weights_desc() : forwardPd_.weights_desc();
        return typeOf(desc) == Type::f32 ? weightView(layoutOf(desc)) : Layout{};
    }
    /// Those of forward and of the gradient of the input.
    std::vector<Layout> weightCopies(std::size_t index) const override {
        if (index != 0) return {};
        std::vector<Layout> wanted{weightView(layoutOf(forwardPd_.weights_desc()))};
        if (dataPd_) wanted.push_back(weightView(layoutOf(dataPd_.weights_desc())));
        return wanted;
    }
    std::int64_t scratchFloats() const override {
        std::int64_t most = floatsOf(forwardPd_.scratchpad_desc());
        if (weightsPd_) most = std::max(most, floatsOf(weightsPd_.scratchpad_desc()));
        if (dataPd_) most = std::max(most, floatsOf(dataPd_.scratchpad_desc()));
        return most;
    }
    bool includesRelu() const override { return relu_; }
    std::string implementation() const override { return implementationOf(forwardPd_); }
    void leaveReluBackward() override { reluPd_ = {}; }
    bool backwardReadsInput(std::size_t) const override { return static_cast<bool>(weightsPd_); }
    bool backwardReadsOutput() const override { return static_cast<bool>(reluPd_); }
    /// Whether oneDNN would run its reference code for a part of it: far slower than the layer's own kernel.
    bool isSlow() const {
        const auto slow = [](const auto& pd) {
            return pd && std::string_view(pd.impl_info_str()).starts_with("ref");
        };
        return slow(forwardPd_) || slow(weightsPd_) || slow(dataPd_);
    }

    void bind(const StepBinding& b) override {
        using dnnl::memory;
        const memory src = bufferAt(forwardPd_.src_desc(), b.inputs[0]);
        const memory dst = bufferAt(forwardPd_.dst_desc(), b.output);
        const auto weightsAt = [&](WeightCopy* copy, const memory::desc& desc) {
            return bufferAt(desc, copy ? copy->data() : b.weights[0]);
        };
        forwardCopy_ = b.weightCopies[0][0];
        forward_ = {Forward(forwardPd_),
                    {{DNNL_ARG_SRC, src},
                     {DNNL_ARG_WEIGHTS, weightsAt(forwardCopy_, forwardPd_.weights_desc())},
                     {DNNL_ARG_DST, dst},
                     {DNNL_ARG_SCRATCHPAD, bufferAt(forwardPd_.scratchpad_desc(), b.scratch)}}};
        if (bias_) forward_.args[DNNL_ARG_BIAS] = bufferAt(forwardPd_.bias_desc(), b.weights[1]);
        if (!b.outputGradient) return;
        // It may be of another type than the output.
        const auto gradientDesc = weightsPd_ ? weightsPd_.diff_dst_desc()
                                  : dataPd_  ? dataPd_.diff_dst_desc()
                                             : forwardPd_.dst_desc();
        const memory diffDst = bufferAt(gradientDesc, b.outputGradient);
        if (reluPd_)
            reluBackward_ = {
                dnnl::eltwise_backward(reluPd_),
                {{DNNL_ARG_DST, dst}, {DNNL_ARG_DIFF_DST, diffDst}, {DNNL_ARG_DIFF_SRC, diffDst}}};
        if (weightsPd_) {
            weights_ = {
                BackwardWeights(weightsPd_),
                {{DNNL_ARG_SRC, src},
                 {DNNL_ARG_DIFF_DST, diffDst},
                 {DNNL_ARG_DIFF_WEIGHTS, bufferAt(weightsPd_.diff_weights_desc(), b.weightGradients[0])},
                 {DNNL_ARG_SCRATCHPAD, bufferAt(weightsPd_.scratchpad_desc(), b.scratch)}}};
            if (bias_)
                weights_.args[DNNL_ARG_DIFF_BIAS] =
                    bufferAt(weightsPd_.diff_bias_desc(), b.weightGradients[1]);
        }
        if (dataPd_) {
            dataCopy_ = b.weightCopies[0][1];
            data_ = {BackwardData(dataPd_),
                     {{DNNL_ARG_DIFF_DST, diffDst},
                      {DNNL_ARG_WEIGHTS, weightsAt(dataCopy_, dataPd_.weights_desc())},
                      {DNNL_ARG_DIFF_SRC, bufferAt(dataPd_.diff_src_desc(), b.inputGradients[0])},
                      {DNNL_ARG_SCRATCHPAD, bufferAt(dataPd_.scratchpad_desc(), b.scratch)}}};
        }
    }
    void forward(std::uint64_t) override {
        if (forwardCopy_) forwardCopy_->refresh();
        forward_.run();
    }
    void backward() override {
        if (reluBackward_) reluBackward_.run();
        runWeights();
        if (!data_) return;
        if (dataCopy_) dataCopy_->refresh();
        data_.run();
    }

  protected:
    Weighted(bool bias, bool relu)
        : bias_(bias)
        , relu_(relu) {}

    /// The gradients of weight and bias.
    virtual void runWeights() {
        if (weights_) weights_.run();
    }
    /// Of a weight as the store knows it, the layout as the primitives see it, and the other way round.
    virtual Layout weightView(const Layout& layout) const { return layout; }

    /// Of what forward computes on, and the gradient of the weights. `src` and `dst` may be left to oneDNN.
    struct Values {
        dnnl::memory::desc src, weights, gradient, biases, dst;
    };
    /// Of convolution and its transpose; `window`: strides, dilation if there is any, padding.
    template <class... Window>
    void describeConvolution(const LayerRequest& r, dnnl::algorithm algorithm, const Values& v,
                             const Window&... window) {
        forwardPd_ = describe<Forward>(forwardAttr(), forwardKind(r), algorithm, v.src, v.weights, v.biases,
                                       v.dst, window...);
        if (!r.training) return;
        const auto src = forwardPd_.src_desc(), dst = forwardPd_.dst_desc();
        if (!r.frozen)
            weightsPd_ = describeBackward<BackwardWeights>(forwardPd_, scratchAttr(), algorithm, src,
                                                           v.gradient, v.biases, dst, window...);
        if (r.inputGradients[0])
            dataPd_ = describeBackward<BackwardData>(forwardPd_, scratchAttr(), algorithm, src, v.weights,
                                                     dst, window...);
        describeReluBackward();
    }
    /// Of an inner product; `diffDst`: the gradient of its output.
    void describeProduct(const LayerRequest& r, const Values& v, const dnnl::memory::desc& diffDst) {
        forwardPd_ = describe<Forward>(forwardAttr(), forwardKind(r), v.src, v.weights, v.biases, v.dst);
        if (!r.training) return;
        if (!r.frozen)
            weightsPd_ = describeBackward<BackwardWeights>(forwardPd_, scratchAttr(), v.src, v.gradient,
                                                           v.biases, diffDst);
        if (r.inputGradients[0])
            dataPd_ = describeBackward<BackwardData>(forwardPd_, scratchAttr(), v.src, v.weights, diffDst);
        describeReluBackward();
    }

    typename Forward::primitive_desc forwardPd_;
    typename BackwardWeights::primitive_desc weightsPd_;
    typename BackwardData::primitive_desc dataPd_;

  private:
    static dnnl::prop_kind forwardKind(const LayerRequest& r) {
        return r.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    }
    dnnl::primitive_attr forwardAttr() const {
        dnnl::primitive_attr attr = scratchAttr();
        if (relu_) appendRelu(attr);
        return attr;
    }
    void describeReluBackward() {
        if (relu_) reluPd_ = reluBackwardDesc(forwardPd_.dst_desc());
    }

    bool bias_, relu_;
    dnnl::eltwise_backward::primitive_desc reluPd_;
    WeightCopy *forwardCopy_ = nullptr, *dataCopy_ = nullptr;
    Call forward_, weights_, data_, reluBackward_;
};

} // namespace burdock::fast
