#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/support.h"
#include "engine/layers/operations.h"

namespace burdock::fast {
namespace {

using dnnl::algorithm;

using Function = operation::Elementwise::Function;

algorithm algorithmOf(Function function) {
    switch (function) {
    case Function::Relu:
    case Function::LeakyRelu:
        return algorithm::eltwise_relu;
    case Function::Elu:
        return algorithm::eltwise_elu;
    case Function::Sigmoid:
        return algorithm::eltwise_logistic;
    case Function::Tanh:
        return algorithm::eltwise_tanh;
    case Function::Softplus:
        return algorithm::eltwise_soft_relu;
    case Function::Gelu:
        return algorithm::eltwise_gelu_erf;
    case Function::GeluTanh:
        return algorithm::eltwise_gelu_tanh;
    case Function::Swish:
        return algorithm::eltwise_swish;
    }
    return algorithm::undef;
}

/// Keeps whatever format arrives; the slope is found from the input.
class ElementwiseStep final : public Step {
  public:
    ElementwiseStep(const LayerRequest& r, Function function, float parameter) {
        const auto desc = descOf(r.inputLayouts[0]);
        const auto prop = r.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
        forwardPd_ =
            describe<dnnl::eltwise_forward>({}, prop, algorithmOf(function), desc, desc, parameter, 0.0f);
        if (r.training && r.inputGradients[0])
            backwardPd_ = describeBackward<dnnl::eltwise_backward>(forwardPd_, {}, algorithmOf(function),
                                                                   desc, desc, desc, parameter, 0.0f);
    }
    Layout inputLayout(std::size_t) const override { return layoutOf(forwardPd_.src_desc()); }
    Layout outputLayout() const override { return inputLayout(0); }
    std::string implementation() const override { return implementationOf(forwardPd_); }
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
    std::string implementation() const override { return implementationOf(forwardPd_); }
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

} // namespace burdock::fast

namespace burdock {

KernelEntry onednnElementwise() {
    return kernelFor<operation::Elementwise>(
        {.id = "onednn.elementwise",
         .backend = "oneDNN",
         .name = "function of each value",
         .doc = "In whatever format the values arrive."},
        [](const operation::Elementwise& e, const LayerRequest& r) {
            // oneDNN 3 knows soft ReLUs of any sharpness.
            const bool soft = e.function == operation::Elementwise::Function::Softplus;
            return fast::offer<fast::ElementwiseStep>(r, e.function, soft ? 1.0f : e.parameter);
        });
}

KernelEntry onednnSoftmax() {
    return kernelFor<operation::Softmax>({.id = "onednn.softmax",
                                          .backend = "oneDNN",
                                          .name = "softmax",
                                          .doc = "Over one axis, in single precision."},
                                         [](const operation::Softmax& s, const LayerRequest& r) {
                                             return fast::offer<fast::Softmax>(r, s.axis);
                                         });
}

} // namespace burdock
