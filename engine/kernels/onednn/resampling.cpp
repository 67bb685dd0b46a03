#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/maps.h"
#include "engine/layers/operations.h"

namespace burdock::fast {
namespace {

/// Reads the format its input arrives in.
class Resampling final : public Step {
  public:
    Resampling(const LayerRequest& r, bool bilinear) {
        const auto algorithm =
            bilinear ? dnnl::algorithm::resampling_linear : dnnl::algorithm::resampling_nearest;
        const std::vector<float> factors{
            static_cast<float>(r.output.height) / static_cast<float>(r.inputs[0].height),
            static_cast<float>(r.output.width) / static_cast<float>(r.inputs[0].width)};
        dnnl::memory::desc src = descOf(r.inputLayouts[0]);
        if (dimsOf(src).size() == 2) src = src.reshape(batchDims(r.batch, r.inputs[0]));
        input_ = r.inputLayouts[0];
        // oneDNN 3.7 takes a plain picture of one pixel for one thing and its target for another, and writes
        // behind it. With channels last the values lie in the same places.
        if (r.inputs[0].area() == 1 && src == plainDesc(dimsOf(src), typeOf(src)))
            src = {dimsOf(src), typeOf(src), dnnl::memory::format_tag::nhwc};
        const auto dst = anyDesc(batchDims(r.batch, r.output), typeOf(src));
        const auto prop = r.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
        forwardPd_ = describe<dnnl::resampling_forward>({}, prop, algorithm, factors, src, dst);
        if (r.training && r.inputGradients[0])
            backwardPd_ = describeBackward<dnnl::resampling_backward>(forwardPd_, {}, algorithm, factors, src,
                                                                      forwardPd_.dst_desc());
    }
    Layout inputLayout(std::size_t) const override { return input_; }
    Layout outputLayout() const override { return layoutOf(forwardPd_.dst_desc()); }
    std::string implementation() const override { return implementationOf(forwardPd_); }
    void bind(const StepBinding& b) override {
        forward_ = {dnnl::resampling_forward(forwardPd_),
                    {{DNNL_ARG_SRC, bufferAt(forwardPd_.src_desc(), b.inputs[0])},
                     {DNNL_ARG_DST, bufferAt(forwardPd_.dst_desc(), b.output)}}};
        if (backwardPd_)
            backward_ = {dnnl::resampling_backward(backwardPd_),
                         {{DNNL_ARG_DIFF_SRC, bufferAt(backwardPd_.diff_src_desc(), b.inputGradients[0])},
                          {DNNL_ARG_DIFF_DST, bufferAt(backwardPd_.diff_dst_desc(), b.outputGradient)}}};
    }
    void forward(std::uint64_t) override { forward_.run(); }
    void backward() override {
        if (backward_) backward_.run();
    }

  private:
    Layout input_;
    dnnl::resampling_forward::primitive_desc forwardPd_;
    dnnl::resampling_backward::primitive_desc backwardPd_;
    Call forward_, backward_;
};

} // namespace

} // namespace burdock::fast

namespace burdock {

KernelEntry onednnResampling() {
    return kernelFor<operation::Resampling>(
        {.id = "onednn.resampling",
         .backend = "oneDNN",
         .name = "resampling",
         .doc = "Nearest and bilinear, in whatever format the values arrive."},
        [](const operation::Resampling& s, const LayerRequest& r) {
            return fast::offerByFormat<fast::Resampling>(r, s.bilinear);
        });
}

} // namespace burdock
