#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/weighted.h"
#include "engine/layers/operations.h"

namespace burdock::fast {
namespace {

using dnnl::memory;

/// A sequence of T positions with D features lies in memory as maps of D channels, T high and 1 wide, whose
/// channels run fastest.
class Convolution1d final : public Weighted<dnnl::convolution_forward, dnnl::convolution_backward_weights,
                                            dnnl::convolution_backward_data> {
  public:
    Convolution1d(const LayerRequest& r, std::int64_t filters, bool bias, const WindowAxis& a)
        : Weighted(bias, r.reluFollows)
        , input_(Layout::plainBatch(r.batch, r.inputs[0]))
        , output_(Layout::plainBatch(r.batch, r.output)) {
        const auto src = channelsLast({r.batch, r.inputs[0].width, a.input, 1});
        const auto dst = channelsLast({r.batch, filters, a.output, 1});
        const auto weights = anyDesc({filters, r.inputs[0].width, a.kernel, 1});
        const auto biases = bias ? plainDesc({filters}) : memory::desc();
        const memory::dims strides{a.stride, 1}, dilation{a.dilation - 1, 0};
        const memory::dims before{a.before, 0};
        const memory::dims after{(a.output - 1) * a.stride + a.span() - a.before - a.input, 0};
        describeConvolution(r, dnnl::algorithm::convolution_auto, {src, weights, weights, biases, dst},
                            strides, dilation, before, after);
    }
    Layout inputLayout(std::size_t) const override { return input_; }
    Layout outputLayout() const override { return output_; }

  private:
    static memory::desc channelsLast(const memory::dims& dims) {
        return {dims, memory::data_type::f32, memory::format_tag::nhwc};
    }

    Layout input_, output_;
};

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry onednnConvolution1d() {
    return kernelFor<operation::Convolution1d>(
        {.id = "onednn.convolution1d",
         .backend = "oneDNN",
         .name = "convolution along a sequence",
         .doc = "A convolution over maps one value wide.",
         .sumsByThread = true},
        [](const operation::Convolution1d& c, const LayerRequest& r) -> KernelOffer {
            // Its gradient of the weights writes behind its own memory there (uxlfoundation/oneDNN, issue
            // 6035).
            if (r.training && c.axis.kernel == 1 && c.axis.stride > 1 && r.inputs[0].width < 16)
                return declined("oneDNN is not sound for kernels of 1 with strides over few features");
            return fast::offer<fast::Convolution1d>(r, c.filters, c.bias, c.axis);
        });
}

} // namespace burdock
