#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/maps.h"
#include "engine/layers/operations.h"

#include <algorithm>

namespace burdock::fast {
namespace {

/// All inputs in the format of the first. Two of them are what oneDNN is fast at, and take the ReLU behind.
class Add final : public Step {
  public:
    explicit Add(const LayerRequest& r)
        : layout_(r.inputLayouts[0])
        , two_(r.inputs.size() == 2)
        , relu_(two_ && r.reluFollows) {
        const auto desc = descOf(layout_);
        if (!two_) {
            sumPd_ = describeSum(desc, std::vector<float>(r.inputs.size(), 1.0f),
                                 std::vector<dnnl::memory::desc>(r.inputs.size(), desc));
            return;
        }
        dnnl::primitive_attr attr;
        if (relu_) appendRelu(attr);
        binaryPd_ = describe<dnnl::binary>(attr, dnnl::algorithm::binary_add, desc, desc, desc);
        if (relu_ && r.training) reluPd_ = reluBackwardDesc(desc);
    }
    Layout inputLayout(std::size_t) const override { return layout_; }
    Layout outputLayout() const override { return layout_; }
    bool includesRelu() const override { return relu_; }
    std::string implementation() const override {
        return two_ ? implementationOf(binaryPd_) : implementationOf(sumPd_);
    }
    bool backwardReadsInput(std::size_t) const override { return false; }
    bool backwardReadsOutput() const override { return relu_; }
    bool gradientInPlace(std::size_t) const override { return true; }
    void bind(const StepBinding& b) override {
        const auto desc = descOf(layout_);
        const auto dst = bufferAt(desc, b.output);
        if (two_) {
            forward_ = {dnnl::binary(binaryPd_),
                        {{DNNL_ARG_SRC_0, bufferAt(desc, b.inputs[0])},
                         {DNNL_ARG_SRC_1, bufferAt(desc, b.inputs[1])},
                         {DNNL_ARG_DST, dst}}};
        } else {
            forward_ = {dnnl::sum(sumPd_), {{DNNL_ARG_DST, dst}}};
            for (std::size_t i = 0; i < b.inputs.size(); ++i)
                forward_.args[DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i)] = bufferAt(desc, b.inputs[i]);
        }
        copies_.clear();
        if (!b.outputGradient) return;
        const auto gradient = bufferAt(desc, b.outputGradient);
        if (relu_)
            reluBackward_ = {
                dnnl::eltwise_backward(reluPd_),
                {{DNNL_ARG_DST, dst}, {DNNL_ARG_DIFF_DST, gradient}, {DNNL_ARG_DIFF_SRC, gradient}}};
        for (float* target : b.inputGradients)
            if (target && target != b.outputGradient)
                copies_.push_back(reorderCall(gradient, bufferAt(desc, target)));
    }
    void forward(std::uint64_t) override { forward_.run(); }
    void backward() override {
        if (reluBackward_) reluBackward_.run();
        for (const Call& copy : copies_)
            copy.run();
    }

  private:
    Layout layout_;
    bool two_, relu_;
    dnnl::sum::primitive_desc sumPd_;
    dnnl::binary::primitive_desc binaryPd_;
    dnnl::eltwise_backward::primitive_desc reluPd_;
    Call forward_, reluBackward_;
    std::vector<Call> copies_;
};

/// Along the channels. Backward copies each input's channels out of the output's gradient. Where oneDNN
/// cannot concatenate, as between types or within blocks, forward copies them in the same way.
class Concatenate final : public Step {
  public:
    explicit Concatenate(const LayerRequest& r)
        : request_(r) {
        if (joinAsTheyAre()) return;
        output_ = jointDesc();
        parts(nullptr);
    }
    Layout inputLayout(std::size_t port) const override { return request_.inputLayouts[port]; }
    Layout outputLayout() const override { return layoutOf(output_); }
    std::string implementation() const override {
        return concatPd_ ? implementationOf(concatPd_) : std::string("reorder");
    }
    bool backwardReadsInput(std::size_t) const override { return false; }
    bool backwardReadsOutput() const override { return false; }
    void bind(const StepBinding& b) override {
        forward_.clear();
        backward_.clear();
        if (concatPd_) {
            forward_.push_back({dnnl::concat(concatPd_), {{DNNL_ARG_DST, bufferAt(output_, b.output)}}});
            for (std::size_t i = 0; i < b.inputs.size(); ++i)
                forward_[0].args[DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i)] = input(i, b.inputs[i]);
        } else {
            const auto slices = parts(b.output);
            for (std::size_t i = 0; i < b.inputs.size(); ++i)
                forward_.push_back(reorderCall(input(i, b.inputs[i]), slices[i]));
        }
        if (!b.outputGradient) return;
        const auto slices = parts(b.outputGradient);
        for (std::size_t i = 0; i < b.inputs.size(); ++i)
            if (b.inputGradients[i])
                backward_.push_back(reorderCall(slices[i], input(i, b.inputGradients[i])));
    }
    void forward(std::uint64_t) override {
        for (const Call& call : forward_)
            call.run();
    }
    void backward() override {
        for (const Call& call : backward_)
            call.run();
    }

  private:
    /// True if oneDNN concatenates the inputs, and their places can be told in what it makes.
    bool joinAsTheyAre() {
        try {
            std::vector<dnnl::memory::desc> sources;
            for (const Layout& layout : request_.inputLayouts)
                sources.push_back(descOf(layout));
            concatPd_ = describeConcat(1, sources);
            output_ = concatPd_.dst_desc();
            if (request_.training) parts(nullptr);
            return true;
        } catch (const dnnl::error&) {
            concatPd_ = {};
            return false;
        }
    }
    /// As the first input lies that can be told from, and whose blocks are not broken apart by another.
    dnnl::memory::desc jointDesc() const {
        const auto& all = request_.inputs;
        Maps joint = *mapsOf(Layout::plainBatch(request_.batch, request_.output));
        for (std::size_t i = 0; i < all.size(); ++i) {
            const auto maps = mapsOf(request_.inputLayouts[i]);
            const bool whole = maps && std::all_of(all.begin(), all.end() - 1, [&](const Shape& s) {
                                   return s.channels % maps->with(s).depth == 0;
                               });
            if (!whole) continue;
            joint = maps->with(request_.output);
            break;
        }
        joint.type = valueType(request_);
        return descOf(joint.layout());
    }
    dnnl::memory input(std::size_t i, float* data) const {
        auto desc = descOf(inputLayout(i));
        if (dimsOf(desc).size() != dimsOf(output_).size()) {
            const dnnl::memory::dims dims = batchDims(request_.batch, request_.inputs[i]);
            desc = desc.reshape(
                {dims.begin(), dims.begin() + static_cast<std::ptrdiff_t>(dimsOf(output_).size())});
        }
        return bufferAt(desc, data);
    }
    std::vector<dnnl::memory> parts(float* data) const {
        std::vector<dnnl::memory> slices;
        dnnl::memory::dims offsets(dimsOf(output_).size(), 0), dims = dimsOf(output_);
        for (const Shape& shape : request_.inputs) {
            dims[1] = shape.channels;
            slices.push_back(bufferAt(output_.submemory_desc(dims, offsets), data));
            offsets[1] += dims[1];
        }
        return slices;
    }

    LayerRequest request_;
    dnnl::concat::primitive_desc concatPd_;
    dnnl::memory::desc output_;
    std::vector<Call> forward_, backward_;
};

} // namespace

} // namespace burdock::fast

namespace burdock {

KernelEntry onednnAdd() {
    return kernelFor<operation::Add>(
        {.id = "onednn.add",
         .backend = "oneDNN",
         .name = "sum",
         .doc = "Of two inputs with the ReLU behind it, in the first one's format."},
        [](const operation::Add&, const LayerRequest& r) { return fast::offer<fast::Add>(r); });
}

KernelEntry onednnConcatenate() {
    return kernelFor<operation::Concatenate>(
        {.id = "onednn.concatenate",
         .backend = "oneDNN",
         .name = "concatenation",
         .doc = "Along the channels, in the formats in which values arrive."},
        [](const operation::Concatenate&, const LayerRequest& r) {
            return fast::offer<fast::Concatenate>(r);
        });
}

} // namespace burdock
