#include "engine/onednn/layers.h"
#include "engine/onednn/weighted.h"

namespace burdock::fast {
namespace {

using dnnl::memory;

class Convolution final : public Weighted<dnnl::convolution_forward, dnnl::convolution_backward_weights,
                                          dnnl::convolution_backward_data> {
  public:
    Convolution(const LayerRequest& r, std::int64_t filters, bool bias, const Window& w)
        : Weighted(bias, r.reluFollows) {
        const auto algorithm = dnnl::algorithm::convolution_auto;
        const auto weights = anyDesc({filters, r.inputs[0].channels, w.y.kernel, w.x.kernel});
        const auto biases = bias ? plainDesc({filters}) : memory::desc();
        const auto dst = anyDesc(batchDims(r.batch, r.output));
        const memory::dims strides{w.y.stride, w.x.stride};
        const memory::dims dilation{w.y.dilation - 1, w.x.dilation - 1};
        const memory::dims before{w.y.before, w.x.before}, after{w.y.after, w.x.after};
        forwardPd_ = {{forwardKind(r), algorithm, sourceDesc(r), weights, biases, dst, strides, dilation,
                       before, after},
                      forwardAttr(),
                      cpu()};
        if (!r.training) return;
        const auto src = forwardPd_.src_desc(), made = forwardPd_.dst_desc();
        if (r.weightGradients)
            weightsPd_ = {{algorithm, src, weights, biases, made, strides, dilation, before, after},
                          scratchAttr(),
                          cpu(),
                          forwardPd_};
        if (r.inputGradients[0])
            dataPd_ = {{algorithm, src, weights, made, strides, dilation, before, after},
                       scratchAttr(),
                       cpu(),
                       forwardPd_};
        if (r.reluFollows) makeReluBackward();
    }

  private:
    /// Plain pictures of few channels stay plain: oneDNN's first-layer kernels read them so.
    static memory::desc sourceDesc(const LayerRequest& r) {
        const auto dims = batchDims(r.batch, r.inputs[0]);
        return r.inputs[0].channels <= 3 && r.inputLayouts[0].isPlain() ? plainDesc(dims) : anyDesc(dims);
    }
};

} // namespace

std::unique_ptr<Step> convolution(const LayerRequest& r, std::int64_t filters, bool bias,
                                  const Window& window) {
    return tryMake<Convolution>(r, filters, bias, window);
}

} // namespace burdock::fast
