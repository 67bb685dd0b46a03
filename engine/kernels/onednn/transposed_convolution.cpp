#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/weighted.h"
#include "engine/layers/operations.h"

namespace burdock::fast {
namespace {

using dnnl::memory;

class TransposedConvolution final
    : public Weighted<dnnl::deconvolution_forward, dnnl::deconvolution_backward_weights,
                      dnnl::deconvolution_backward_data> {
  public:
    TransposedConvolution(const LayerRequest& r, std::int64_t filters, bool bias, const Window& w, bool relu)
        : Weighted(bias, relu) {
        const auto src = anyDesc(batchDims(r.batch, r.inputs[0]));
        const auto dst = anyDesc(batchDims(r.batch, r.output));
        const auto weights = anyDesc({filters, r.inputs[0].channels, w.y.kernel, w.x.kernel});
        const auto biases = bias ? plainDesc({filters}) : memory::desc();
        const memory::dims strides{w.y.stride, w.x.stride};
        const memory::dims before{w.y.before, w.x.before};
        // oneDNN wants what makes its own formula give the output's size; what the window leaves over at
        // the end of the output counts as negative padding.
        const memory::dims after{closing(w.y), closing(w.x)};
        describeConvolution(r, dnnl::algorithm::deconvolution_direct, {src, weights, weights, biases, dst},
                            strides, before, after);
    }

  private:
    static std::int64_t closing(const WindowAxis& a) {
        return (a.output - 1) * a.stride + a.span() - a.before - a.input;
    }
    /// The primitives see (filters, channels, …), the store keeps (channels, filters, …).
    Layout weightView(const Layout& layout) const override {
        return layoutOf(descOf(layout).permute_axes({1, 0, 2, 3}));
    }
};

KernelOffer offerTransposed(const operation::TransposedConvolution& c, const LayerRequest& r) {
    KernelOffer made;
    for (const bool relu : {true, false})
        if (r.reluFollows || !relu)
            if (made = offer<TransposedConvolution>(r, c.filters, c.bias, c.window, relu); made) break;
    return made;
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry onednnTransposedConvolution() {
    return kernelFor<operation::TransposedConvolution>({.id = "onednn.transposed-convolution",
                                                        .backend = "oneDNN",
                                                        .name = "transposed convolution",
                                                        .doc = "In single precision.",
                                                        .sumsByThread = true},
                                                       fast::offerTransposed);
}

} // namespace burdock
