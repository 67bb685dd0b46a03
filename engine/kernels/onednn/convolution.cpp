#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/weighted.h"
#include "engine/layers/operations.h"

#include <optional>

namespace burdock::fast {
namespace {

using dnnl::memory;

/// The format of the values in and out. What forward likes best is not always what backward has a fast kernel
/// for, nor the fastest in the end.
enum class ValueFormat { Any, Blocked, ChannelsLast, Plain };

class Convolution final : public Weighted<dnnl::convolution_forward, dnnl::convolution_backward_weights,
                                          dnnl::convolution_backward_data> {
  public:
    Convolution(const LayerRequest& r, std::int64_t filters, std::int64_t groups, bool bias, const Window& w,
                ValueFormat format)
        : Weighted(bias, r.reluFollows) {
        // Of one channel it is the same memory.
        if (format == ValueFormat::ChannelsLast && r.inputs[0].channels == 1)
            plain_ = Layout::plainBatch(r.batch, r.inputs[0]);
        const Type type = valueType(r);
        memory::dims kernels{filters / groups, r.inputs[0].channels / groups, w.y.kernel, w.x.kernel};
        if (groups > 1) kernels.insert(kernels.begin(), groups);
        const auto weights = anyDesc(kernels, type), gradient = anyDesc(kernels);
        const auto biases = bias ? plainDesc({filters}) : memory::desc();
        const auto dst = valueDesc(batchDims(r.batch, r.output), type, format);
        const memory::dims strides{w.y.stride, w.x.stride};
        const memory::dims dilation{w.y.dilation - 1, w.x.dilation - 1};
        const memory::dims before{w.y.before, w.x.before}, after{w.y.after, w.x.after};
        describeConvolution(r, dnnl::algorithm::convolution_direct,
                            {sourceDesc(r, format), weights, gradient, biases, dst}, strides, dilation,
                            before, after);
    }
    Layout inputLayout(std::size_t port) const override {
        return plain_ ? *plain_ : Weighted::inputLayout(port);
    }

  private:
    static memory::desc valueDesc(const memory::dims& dims, Type type, ValueFormat format) {
        switch (format) {
        case ValueFormat::Any:
            return anyDesc(dims, type);
        case ValueFormat::Blocked:
            return {dims, type,
                    hasInstructions(dnnl::cpu_isa::avx512_core) ? memory::format_tag::nChw16c
                                                                : memory::format_tag::nChw8c};
        case ValueFormat::ChannelsLast:
            return {dims, type, memory::format_tag::nhwc};
        case ValueFormat::Plain:
            break;
        }
        return plainDesc(dims, type);
    }
    /// Plain pictures of few channels stay plain: oneDNN's first-layer kernels read them so.
    static memory::desc sourceDesc(const LayerRequest& r, ValueFormat format) {
        const bool picture = !r.mixed && r.inputs[0].channels <= 3 && r.inputLayouts[0].isPlain() &&
                             format != ValueFormat::ChannelsLast;
        return valueDesc(batchDims(r.batch, r.inputs[0]), valueType(r),
                         picture ? ValueFormat::Plain : format);
    }

    std::optional<Layout> plain_; ///< of the input, where its description is another one
};

/// A 1×1 convolution in bfloat16 over pictures whose channels lie together: an inner product whose batch is
/// the pixels. oneDNN's kernel for the gradient of its weights is then up to four times as fast.
class Pointwise final : public Weighted<dnnl::inner_product_forward, dnnl::inner_product_backward_weights,
                                        dnnl::inner_product_backward_data> {
  public:
    Pointwise(const LayerRequest& r, std::int64_t filters, bool bias)
        : Weighted(bias, r.reluFollows)
        , in_(together(r.batch, r.inputs[0]))
        , out_(together(r.batch, r.output)) {
        const std::int64_t pixels = r.batch * r.output.area(), channels = r.inputs[0].channels;
        const auto src = plainDesc({pixels, channels}, Type::bf16);
        const auto dst = plainDesc({pixels, filters}, Type::bf16);
        const auto weights = anyDesc({filters, channels}, Type::bf16),
                   gradient = anyDesc({filters, channels});
        const auto biases = bias ? plainDesc({filters}) : memory::desc();
        describeProduct(r, {src, weights, gradient, biases, dst}, dst);
    }
    Layout inputLayout(std::size_t) const override { return in_; }
    Layout outputLayout() const override { return out_; }

  private:
    static Layout together(std::int64_t batch, const Shape& shape) {
        return layoutOf({batchDims(batch, shape), Type::bf16, memory::format_tag::nhwc});
    }
    Layout in_, out_;
};

KernelOffer offerPointwise(const operation::Convolution& c, const LayerRequest& r) {
    const auto single = [](const WindowAxis& a) {
        return a.kernel == 1 && a.stride == 1 && a.before == 0 && a.after == 0;
    };
    if (c.groups != 1 || !single(c.window.x) || !single(c.window.y)) return declined({});
    if (!r.mixed) return declined("computes with bfloat16 only");
    // With one channel the matrices are too narrow for bfloat16's instructions.
    if (r.inputs[0].channels == 1) return declined("one channel is too narrow for bfloat16");
    return offer<Pointwise>(r, c.filters, c.bias);
}
std::string doubtPointwise(const operation::Convolution&, const LayerRequest& r) {
    if (!r.training) return "pays only in training";
    // With more pixels than these the convolution's own kernel is as good.
    constexpr std::int64_t mostPixels = 4096;
    return r.batch * r.output.area() > mostPixels ? "pays only up to 4096 pixels in a batch" : "";
}

template <ValueFormat format>
KernelOffer offerConvolution(const operation::Convolution& c, const LayerRequest& request) {
    LayerRequest r = request;
    if (r.inputs[0].channels == 1) r.mixed = false;
    return offer<Convolution>(r, c.filters, c.groups, c.bias, c.window, format);
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry onednnPointwiseConvolution() {
    return kernelFor<operation::Convolution>(
        {.id = "onednn.pointwise",
         .backend = "oneDNN",
         .name = "1×1 convolution as a product of matrices",
         .doc = "For small maps in bfloat16, whose weights' gradient it finds up to four times as fast.",
         .competes = true,
         .sumsByThread = true},
        fast::offerPointwise, fast::doubtPointwise);
}

KernelEntry onednnConvolution() {
    return kernelFor<operation::Convolution>({.id = "onednn.convolution",
                                              .backend = "oneDNN",
                                              .name = "convolution",
                                              .doc = "Kernels of any size, stride, dilation and grouping.",
                                              .competes = true,
                                              .sumsByThread = true},
                                             fast::offerConvolution<fast::ValueFormat::Any>);
}
KernelEntry onednnBlockedConvolution() {
    return kernelFor<operation::Convolution>(
        {.id = "onednn.convolution-blocked",
         .backend = "oneDNN",
         .name = "convolution in blocks of channels",
         .doc = "The same over values in blocks of as many channels as a vector has.",
         .competes = true,
         .sumsByThread = true},
        fast::offerConvolution<fast::ValueFormat::Blocked>);
}
KernelEntry onednnChannelsLastConvolution() {
    return kernelFor<operation::Convolution>({.id = "onednn.convolution-channels-last",
                                              .backend = "oneDNN",
                                              .name = "convolution of channels side by side",
                                              .doc = "The same over values whose channels run fastest: with "
                                                     "AVX2 the best for pictures of one channel.",
                                              .competes = true,
                                              .sumsByThread = true},
                                             fast::offerConvolution<fast::ValueFormat::ChannelsLast>);
}
KernelEntry onednnPlainConvolution() {
    return kernelFor<operation::Convolution>(
        {.id = "onednn.convolution-plain",
         .backend = "oneDNN",
         .name = "convolution of plain values",
         .doc = "The same over values as layers without kernels have them.",
         .competes = true,
         .sumsByThread = true},
        fast::offerConvolution<fast::ValueFormat::Plain>);
}

} // namespace burdock
