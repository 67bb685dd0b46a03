#include "engine/kernels/fast_layers.h"
#include "engine/kernels/onednn/support.h"

namespace burdock::fast {
namespace {

using dnnl::algorithm;

algorithm algorithmOf(Elementwise kind) {
    switch (kind) {
    case Elementwise::Relu:
    case Elementwise::LeakyRelu:
        return algorithm::eltwise_relu;
    case Elementwise::Elu:
        return algorithm::eltwise_elu;
    case Elementwise::Sigmoid:
        return algorithm::eltwise_logistic;
    case Elementwise::Tanh:
        return algorithm::eltwise_tanh;
    case Elementwise::Softplus:
        return algorithm::eltwise_soft_relu;
    case Elementwise::GeluTanh:
        return algorithm::eltwise_gelu_tanh;
    case Elementwise::Swish:
        return algorithm::eltwise_swish;
    }
    return algorithm::undef;
}

/// Keeps whatever format arrives; the slope is found from the input.
class ElementwiseStep final : public Step {
  public:
    ElementwiseStep(const LayerRequest& r, Elementwise kind, float parameter) {
        const auto desc = descOf(r.inputLayouts[0]);
        const auto prop = r.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
        forwardPd_ =
            describe<dnnl::eltwise_forward>({}, prop, algorithmOf(kind), desc, desc, parameter, 0.0f);
        if (r.training && r.inputGradients[0])
            backwardPd_ = describeBackward<dnnl::eltwise_backward>(forwardPd_, {}, algorithmOf(kind), desc,
                                                                   desc, desc, parameter, 0.0f);
    }
    Layout inputLayout(std::size_t) const override { return layoutOf(forwardPd_.src_desc()); }
    Layout outputLayout() const override { return inputLayout(0); }
    bool backwardReadsOutput() const override { return false; }
    bool gradientInPlace(std::size_t) const override { return true; }
    void bind(const StepBinding& b) override {
        const auto desc = forwardPd_.src_desc();
        const auto src = bufferAt(desc, b.inputs[0]);
        forward_ = {dnnl::eltwise_forward(forwardPd_),
                    {{DNNL_ARG_SRC, src}, {DNNL_ARG_DST, bufferAt(desc, b.output)}}};
        if (backwardPd_)
            backward_ = {dnnl::eltwise_backward(backwardPd_),
                         {{DNNL_ARG_SRC, src},
                          {DNNL_ARG_DIFF_DST, bufferAt(desc, b.outputGradient)},
                          {DNNL_ARG_DIFF_SRC, bufferAt(desc, b.inputGradients[0])}}};
    }
    void forward(std::uint64_t) override { forward_.run(); }
    void backward() override {
        if (backward_) backward_.run();
    }

  private:
    dnnl::eltwise_forward::primitive_desc forwardPd_;
    dnnl::eltwise_backward::primitive_desc backwardPd_;
    Call forward_, backward_;
};

/// Over one axis of each place, in single precision.
class Softmax final : public Step {
  public:
    Softmax(const LayerRequest& r, int axis) {
        auto desc = descOf(r.inputLayouts[0]);
        if (typeOf(desc) != Type::f32) desc = plainDesc(dimsOf(desc));
        const auto prop = r.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
        constexpr auto accurate = algorithm::softmax_accurate;
        forwardPd_ = describe<dnnl::softmax_forward>({}, prop, accurate, desc, desc, axis);
        if (r.training && r.inputGradients[0])
            backwardPd_ =
                describeBackward<dnnl::softmax_backward>(forwardPd_, {}, accurate, desc, desc, desc, axis);
    }
    Layout inputLayout(std::size_t) const override { return layoutOf(forwardPd_.src_desc()); }
    Layout outputLayout() const override { return inputLayout(0); }
    bool backwardReadsInput(std::size_t) const override { return false; }
    void bind(const StepBinding& b) override {
        const auto desc = forwardPd_.src_desc();
        const auto dst = bufferAt(desc, b.output);
        forward_ = {dnnl::softmax_forward(forwardPd_),
                    {{DNNL_ARG_SRC, bufferAt(desc, b.inputs[0])}, {DNNL_ARG_DST, dst}}};
        if (backwardPd_)
            backward_ = {dnnl::softmax_backward(backwardPd_),
                         {{DNNL_ARG_DST, dst},
                          {DNNL_ARG_DIFF_DST, bufferAt(desc, b.outputGradient)},
                          {DNNL_ARG_DIFF_SRC, bufferAt(desc, b.inputGradients[0])}}};
    }
    void forward(std::uint64_t) override { forward_.run(); }
    void backward() override {
        if (backward_) backward_.run();
    }

  private:
    dnnl::softmax_forward::primitive_desc forwardPd_;
    dnnl::softmax_backward::primitive_desc backwardPd_;
    Call forward_, backward_;
};

} // namespace

std::unique_ptr<Step> elementwise(const LayerRequest& r, Elementwise kind, float parameter) {
    // oneDNN 3 knows soft ReLUs of any sharpness.
    if (kind == Elementwise::Softplus) parameter = 1;
    return tryMake<ElementwiseStep>(r, kind, parameter);
}

std::unique_ptr<Step> softmax(const LayerRequest& r, int axis) {
    return tryMake<Softmax>(r, axis);
}

} // namespace burdock::fast
