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
    case Function::Selu:
    case Function::HardSigmoid:
    case Function::Step:
    case Function::Sign:
        break;
    }
    return algorithm::undef;
}

/// One primitive each way, between values of one format. `Read` is what backward finds the slope from,
/// DNNL_ARG_SRC or DNNL_ARG_DST.
template <class Forward, class Backward, int Read>
class Mapping : public Step {
  public:
    Layout inputLayout(std::size_t) const override { return layoutOf(forwardPd_.src_desc()); }
    Layout outputLayout() const override { return inputLayout(0); }
    std::string implementation() const override { return implementationOf(forwardPd_); }
    bool backwardReadsInput(std::size_t) const override { return Read == DNNL_ARG_SRC; }
    bool backwardReadsOutput() const override { return Read == DNNL_ARG_DST; }
    void bind(const StepBinding& b) override {
        const auto desc = forwardPd_.src_desc();
        const std::unordered_map<int, dnnl::memory> values{{DNNL_ARG_SRC, bufferAt(desc, b.inputs[0])},
                                                           {DNNL_ARG_DST, bufferAt(desc, b.output)}};
        forward_ = {Forward(forwardPd_), values};
        if (backwardPd_)
            backward_ = {Backward(backwardPd_),
                         {{Read, values.at(Read)},
                          {DNNL_ARG_DIFF_DST, bufferAt(desc, b.outputGradient)},
                          {DNNL_ARG_DIFF_SRC, bufferAt(desc, b.inputGradients[0])}}};
    }
    void forward(std::uint64_t) override { forward_.run(); }
    void backward() override {
        if (backward_) backward_.run();
    }

  protected:
    /// What both primitives are described by, but that backward is told of the gradient's format as well.
    template <class... Arguments>
    void describeForward(const LayerRequest& r, algorithm function, const dnnl::memory::desc& desc,
                         Arguments... arguments) {
        const auto prop = r.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
        forwardPd_ = describe<Forward>({}, prop, function, desc, desc, arguments...);
    }
    template <class... Arguments>
    void describeSlope(const LayerRequest& r, algorithm function, const dnnl::memory::desc& desc,
                       Arguments... arguments) {
        if (r.training && r.inputGradients[0])
            backwardPd_ =
                describeBackward<Backward>(forwardPd_, {}, function, desc, desc, desc, arguments...);
    }

  private:
    typename Forward::primitive_desc forwardPd_;
    typename Backward::primitive_desc backwardPd_;
    Call forward_, backward_;
};

/// Keeps whatever format arrives.
class ElementwiseStep final : public Mapping<dnnl::eltwise_forward, dnnl::eltwise_backward, DNNL_ARG_SRC> {
  public:
    ElementwiseStep(const LayerRequest& r, Function function, float parameter) {
        const auto desc = descOf(r.inputLayouts[0]);
        describeForward(r, algorithmOf(function), desc, parameter, 0.0f);
        describeSlope(r, algorithmOf(function), desc, parameter, 0.0f);
    }
    bool gradientInPlace(std::size_t) const override { return true; }
};

/// Over one axis of each place, in single precision.
class Softmax final : public Mapping<dnnl::softmax_forward, dnnl::softmax_backward, DNNL_ARG_DST> {
  public:
    Softmax(const LayerRequest& r, int axis) {
        auto desc = descOf(r.inputLayouts[0]);
        if (typeOf(desc) != Type::f32) desc = plainDesc(dimsOf(desc));
        describeForward(r, algorithm::softmax_accurate, desc, axis);
        describeSlope(r, algorithm::softmax_accurate, desc, axis);
    }
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
        [](const operation::Elementwise& e, const LayerRequest& r) -> KernelOffer {
            if (fast::algorithmOf(e.function) == dnnl::algorithm::undef) return declined({});
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
