#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/dense.h"
#include "engine/kernels/onednn/support.h"
#include "engine/kernels/vector/attention_heads.h"
#include "engine/layers/operations.h"
#include "engine/tensor/aligned_buffer.h"

#include <algorithm>

namespace burdock::fast {
namespace {

/// Two dense layers at each position, and between them the heads. Workspace: queries, keys and values of each
/// position (B·T × 3D), what the heads found (B·T × D), and what they keep.
class Attention final : public Step {
  public:
    Attention(const LayerRequest& r, std::unique_ptr<Step> in, std::unique_ptr<Step> out,
              const AttentionHeads& heads, bool bias)
        : in_(std::move(in))
        , out_(std::move(out))
        , heads_(heads)
        , outIndex_(bias ? 2 : 1)
        , features_(r.output.width)
        , tableFloats_(onLines(r.batch * r.output.size()))
        , sumsBias_(bias && r.mixed && r.training && !r.frozen)
        , training_(r.training) {}

    Layout inputLayout(std::size_t) const override { return in_->inputLayout(0); }
    Layout outputLayout() const override { return out_->outputLayout(); }
    Layout weightLayout(std::size_t index) const override {
        if (index == 0) return in_->weightLayout(0);
        return index == outIndex_ ? out_->weightLayout(0) : Layout{};
    }
    std::vector<Layout> weightCopies(std::size_t index) const override {
        if (index == 0) return in_->weightCopies(0);
        return index == outIndex_ ? out_->weightCopies(0) : std::vector<Layout>{};
    }
    std::string implementation() const override { return in_->implementation(); }
    bool backwardReadsOutput() const override { return false; }
    std::int64_t workspaceFloats() const override { return 4 * tableFloats_ + heads_.workspaceFloats(); }
    /// The gradients of what the workspace holds, what is used within, and sums that nobody wants.
    std::int64_t scratchFloats() const override {
        return (training_ ? 4 * tableFloats_ : 0) + withinFloats() + (sumsBias_ ? onLines(3 * features_) : 0);
    }

    void bind(const StepBinding& b) override {
        float *const qkv = b.workspace, *const context = qkv + 3 * tableFloats_;
        const bool learns = training_ && b.outputGradient;
        float* const qkvGradient = learns ? b.scratch : nullptr;
        float* const contextGradient = learns ? b.scratch + 3 * tableFloats_ : nullptr;
        float* const within = b.scratch + (training_ ? 4 * tableFloats_ : 0);
        StepBinding first = b;
        if (sumsBias_) first.weightGradients[1] = within + withinFloats();
        bindPart(*in_, first, 0, outIndex_, b.inputs[0], b.inputGradients[0], qkv, qkvGradient, within);
        bindPart(*out_, b, outIndex_, b.weights.size(), context, contextGradient, b.output, b.outputGradient,
                 within);
        heads_.bind({.qkv = qkv,
                     .qkvGradient = qkvGradient,
                     .context = context,
                     .contextGradient = contextGradient,
                     .gradientSums = sumsBias_ ? b.weightGradients[1] : nullptr,
                     .workspace = context + tableFloats_,
                     .scratch = within});
    }
    void forward(std::uint64_t seed) override {
        in_->forward(seed);
        heads_.forward();
        out_->forward(seed);
    }
    void backward() override {
        out_->backward();
        heads_.backward();
        in_->backward();
    }

  private:
    std::int64_t withinFloats() const {
        return onLines(std::max({in_->scratchFloats(), out_->scratchFloats(), heads_.scratchFloats()}));
    }
    static void bindPart(Step& part, const StepBinding& whole, std::size_t first, std::size_t end,
                         float* input, float* inputGradient, float* output, float* outputGradient,
                         float* scratch) {
        StepBinding b;
        b.inputs = {input};
        b.inputGradients = {inputGradient};
        b.output = output;
        b.outputGradient = whole.outputGradient ? outputGradient : nullptr;
        for (std::size_t i = first; i < end; ++i) {
            b.weights.push_back(whole.weights[i]);
            b.weightGradients.push_back(whole.weightGradients[i]);
            b.weightCopies.push_back(whole.weightCopies[i]);
        }
        b.scratch = scratch;
        part.bind(b);
    }

    std::unique_ptr<Step> in_, out_;
    AttentionHeads heads_;
    std::size_t outIndex_;
    std::int64_t features_, tableFloats_; ///< a table: B·T × D
    bool sumsBias_; ///< the heads sum the gradient of the first layer's bias, which that finds of rounded
                    ///< values
    bool training_;
};

KernelOffer offerAttention(const operation::Attention& a, const LayerRequest& r) {
    const std::int64_t features = r.output.width;
    LayerRequest outRequest = denseRequest(r, features);
    outRequest.inputGradients = {r.training};
    auto in = offerDense(denseRequest(r, 3 * features), 3 * features, a.bias, true);
    if (!in) return in;
    auto out = offerDense(outRequest, features, a.bias, false);
    if (!out) return out;
    return std::make_unique<Attention>(r, std::move(*in), std::move(*out),
                                       AttentionHeads(r, a.heads, a.causal), a.bias);
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorAttention() {
    return kernelFor<operation::Attention>(
        {.id = "vector.attention",
         .backend = "Burdock",
         .name = "attention heads, between inner products of oneDNN",
         .doc = "Scores are kept by blocks in cache and never written; softmax in single precision.",
         .sumsByThread = true},
        fast::offerAttention);
}

} // namespace burdock
