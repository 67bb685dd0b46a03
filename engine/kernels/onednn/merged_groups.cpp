#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/weighted.h"
#include "engine/layers/operations.h"
#include "engine/tensor/aligned_buffer.h"
#include "engine/tensor/processor.h"

namespace burdock::fast {
namespace {

using dnnl::memory;

/// A convolution of small groups, several of which make one whose channels fill vectors: its kernels are zero
/// where they would see another group's channels.
class MergedGroups final : public Weighted<dnnl::convolution_forward, dnnl::convolution_backward_weights,
                                           dnnl::convolution_backward_data> {
  public:
    /// `merged`: how many groups make one.
    MergedGroups(const LayerRequest& r, const operation::Convolution& c, std::int64_t merged)
        : Weighted(c.bias, r.reluFollows)
        , filters_(c.filters)
        , groupFilters_(c.filters / c.groups)
        , merged_(merged)
        , kernel_(r.inputs[0].channels / c.groups * c.window.y.kernel * c.window.x.kernel)
        , kernels_{c.groups / merged, groupFilters_ * merged, r.inputs[0].channels / c.groups * merged,
                   c.window.y.kernel, c.window.x.kernel} {
        const Type type = valueType(r);
        const Window& w = c.window;
        const memory::dims strides{w.y.stride, w.x.stride};
        const memory::dims dilation{w.y.dilation - 1, w.x.dilation - 1};
        const memory::dims before{w.y.before, w.x.before}, after{w.y.after, w.x.after};
        describeConvolution(r, dnnl::algorithm::convolution_direct,
                            {anyDesc(batchDims(r.batch, r.inputs[0]), type), anyDesc(kernels_, type),
                             anyDesc(kernels_), c.bias ? plainDesc({c.filters}) : memory::desc(),
                             anyDesc(batchDims(r.batch, r.output), type)},
                            strides, dilation, before, after);
    }
    Layout weightLayout(std::size_t) const override { return {}; }
    std::vector<Layout> weightCopies(std::size_t) const override { return {}; }
    /// Behind what the primitives need: the kernels as they are read, their gradient, and both in plain
    /// order.
    std::int64_t scratchFloats() const override {
        return primitiveFloats() + readFloats() + madeFloats() + wideFloats();
    }

    void bind(const StepBinding& b) override {
        StepBinding own = b;
        float* const read = b.scratch + primitiveFloats();
        float* const made = read + readFloats();
        stored_ = b.weights[0];
        gradient_ = b.weightGradients.empty() ? nullptr : b.weightGradients[0];
        wide_ = made + madeFloats();
        own.weightCopies.assign(b.weights.size(), {nullptr, nullptr});
        own.weights[0] = read;
        if (gradient_) own.weightGradients[0] = made;
        Weighted::bind(own);
        const memory wide = bufferAt(plainDesc(kernels_), wide_);
        toForward_ = reorderCall(wide, bufferAt(forwardPd_.weights_desc(), read));
        if (!b.outputGradient) return;
        if (dataPd_) toData_ = reorderCall(wide, bufferAt(dataPd_.weights_desc(), read));
        if (weightsPd_ && gradient_)
            fromMade_ = reorderCall(bufferAt(weightsPd_.diff_weights_desc(), made), wide);
    }
    void forward(std::uint64_t seed) override {
        widen();
        toForward_.run();
        Weighted::forward(seed);
    }
    void backward() override {
        if (toData_) {
            widen();
            toData_.run();
        }
        Weighted::backward();
        if (!fromMade_) return;
        fromMade_.run();
        for (std::int64_t f = 0; f < filters_; ++f)
            std::copy_n(wide_ + seenBy(f), kernel_, gradient_ + f * kernel_);
    }

  private:
    std::int64_t primitiveFloats() const { return onLines(Weighted::scratchFloats()); }
    std::int64_t readFloats() const {
        const std::int64_t forward = floatsOf(forwardPd_.weights_desc());
        return onLines(dataPd_ ? std::max(forward, floatsOf(dataPd_.weights_desc())) : forward);
    }
    std::int64_t madeFloats() const {
        return weightsPd_ ? onLines(floatsOf(weightsPd_.diff_weights_desc())) : 0;
    }
    std::int64_t wideFloats() const { return filters_ * merged_ * kernel_; }
    /// Where among the widened kernels the part of a filter's lies that sees its own group.
    std::int64_t seenBy(std::int64_t filter) const {
        return (filter * merged_ + filter / groupFilters_ % merged_) * kernel_;
    }
    void widen() const {
        std::fill_n(wide_, wideFloats(), 0.0f);
        for (std::int64_t f = 0; f < filters_; ++f)
            std::copy_n(stored_ + f * kernel_, kernel_, wide_ + seenBy(f));
    }

    std::int64_t filters_, groupFilters_, merged_;
    std::int64_t kernel_; ///< values of one filter's
    memory::dims kernels_;
    float *stored_ = nullptr, *gradient_ = nullptr, *wide_ = nullptr;
    Call toForward_, toData_, fromMade_;
};

KernelOffer offerMergedGroups(const operation::Convolution& c, const LayerRequest& r) {
    if (c.groups == 1) return declined({});
    const std::int64_t channels = r.inputs[0].channels / c.groups, filters = c.filters / c.groups;
    if (channels == 1 && filters == 1) return declined("each group has one channel and one filter");
    const std::int64_t lanes = processor::has(processor::InstructionSet::Avx512) ? 16 : 8;
    if (channels % lanes == 0 && filters % lanes == 0) return declined("the groups fill vectors themselves");
    for (std::int64_t merged = 2; merged <= lanes && merged <= c.groups; merged *= 2)
        if (c.groups % merged == 0 && channels * merged % lanes == 0 && filters * merged % lanes == 0)
            return offer<MergedGroups>(r, c, merged);
    return declined("no number of groups fills vectors");
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry onednnMergedGroups() {
    return kernelFor<operation::Convolution>(
        {.id = "onednn.merged-groups",
         .backend = "oneDNN",
         .name = "grouped convolution of several groups at once",
         .doc = "For groups of so few channels that they do not fill a vector.",
         .sumsByThread = true},
        fast::offerMergedGroups);
}

} // namespace burdock
