#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/maps.h"
#include "engine/layers/operations.h"

namespace burdock::fast {
namespace {

/// Reads and writes the format its input arrives in.
using Kind = operation::Pooling::Kind;

class Pool final : public Step {
  public:
    Pool(const LayerRequest& r, Kind kind, const Window& w)
        : relu_(kind == Kind::Max && r.inputIsRelu && r.training && r.inputGradients[0]) {
        const auto algorithm =
            kind == Kind::Max ? dnnl::algorithm::pooling_max : dnnl::algorithm::pooling_avg_exclude_padding;
        const dnnl::memory::dims strides{w.y.stride, w.x.stride}, kernel{w.y.kernel, w.x.kernel};
        const dnnl::memory::dims dilation{0, 0};
        const dnnl::memory::dims before{w.y.before, w.x.before}, after{w.y.after, w.x.after};
        const auto src = descOf(r.inputLayouts[0]);
        const auto dst = anyDesc(batchDims(r.batch, r.output), typeOf(src));
        const auto prop = r.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
        forwardPd_ = describe<dnnl::pooling_forward>(scratchAttr(), prop, algorithm, src, dst, strides,
                                                     kernel, dilation, before, after);
        if (r.training && r.inputGradients[0])
            backwardPd_ = describeBackward<dnnl::pooling_backward>(forwardPd_, scratchAttr(), algorithm, src,
                                                                   forwardPd_.dst_desc(), strides, kernel,
                                                                   dilation, before, after);
        if (relu_) reluPd_ = reluBackwardDesc(forwardPd_.dst_desc());
    }
    Layout inputLayout(std::size_t) const override { return layoutOf(forwardPd_.src_desc()); }
    Layout outputLayout() const override { return layoutOf(forwardPd_.dst_desc()); }
    /// Where the largest of a window is not above zero, none of it has a slope.
    bool takesReluBackward() const override { return relu_; }
    std::string implementation() const override { return implementationOf(forwardPd_); }
    bool backwardReadsInput(std::size_t) const override { return false; }
    bool backwardReadsOutput() const override { return relu_; }
    std::int64_t workspaceFloats() const override { return floatsOf(forwardPd_.workspace_desc()); }
    std::int64_t scratchFloats() const override {
        return std::max(floatsOf(forwardPd_.scratchpad_desc()),
                        backwardPd_ ? floatsOf(backwardPd_.scratchpad_desc()) : 0);
    }
    void bind(const StepBinding& b) override {
        const auto workspace = bufferAt(forwardPd_.workspace_desc(), b.workspace);
        forward_ = {dnnl::pooling_forward(forwardPd_),
                    {{DNNL_ARG_SRC, bufferAt(forwardPd_.src_desc(), b.inputs[0])},
                     {DNNL_ARG_DST, bufferAt(forwardPd_.dst_desc(), b.output)},
                     {DNNL_ARG_WORKSPACE, workspace},
                     {DNNL_ARG_SCRATCHPAD, bufferAt(forwardPd_.scratchpad_desc(), b.scratch)}}};
        if (backwardPd_)
            backward_ = {dnnl::pooling_backward(backwardPd_),
                         {{DNNL_ARG_DIFF_SRC, bufferAt(backwardPd_.diff_src_desc(), b.inputGradients[0])},
                          {DNNL_ARG_DIFF_DST, bufferAt(backwardPd_.diff_dst_desc(), b.outputGradient)},
                          {DNNL_ARG_WORKSPACE, workspace},
                          {DNNL_ARG_SCRATCHPAD, bufferAt(backwardPd_.scratchpad_desc(), b.scratch)}}};
        if (!relu_) return;
        const auto gradient = bufferAt(backwardPd_.diff_dst_desc(), b.outputGradient);
        reluBackward_ = {dnnl::eltwise_backward(reluPd_),
                         {{DNNL_ARG_DST, forward_.args[DNNL_ARG_DST]},
                          {DNNL_ARG_DIFF_DST, gradient},
                          {DNNL_ARG_DIFF_SRC, gradient}}};
    }
    void forward(std::uint64_t) override { forward_.run(); }
    void backward() override {
        if (reluBackward_) reluBackward_.run();
        if (backward_) backward_.run();
    }

  private:
    bool relu_;
    dnnl::eltwise_backward::primitive_desc reluPd_;
    dnnl::pooling_forward::primitive_desc forwardPd_;
    dnnl::pooling_backward::primitive_desc backwardPd_;
    Call forward_, backward_, reluBackward_;
};

} // namespace

} // namespace burdock::fast

namespace burdock {

KernelEntry onednnPooling() {
    return kernelFor<operation::Pooling>(
        {.id = "onednn.pooling",
         .backend = "oneDNN",
         .name = "pooling",
         .doc = "Windows of any kind, in whatever format the values arrive, or with channels last."},
        [](const operation::Pooling& p, const LayerRequest& r) {
            return fast::offerByFormat<fast::Pool>(r, p.kind, p.window);
        });
}

} // namespace burdock
