#include "engine/onednn/attention_heads.h"
#include "engine/onednn/layers.h"
#include "engine/onednn/support.h"

#include <algorithm>

namespace burdock::fast {
namespace {

/// Two dense layers at each position, and between them the heads. Workspace: queries, keys and values
/// (B·T × 3D), what the heads found (B·T × D), and who looked where (B·H × T × T).
class Attention final : public Step {
  public:
    Attention(const LayerRequest& r, std::unique_ptr<Step> in, std::unique_ptr<Step> out, std::int64_t heads,
              bool causal, bool bias)
        : layout_(Layout::plainBatch(r.batch, r.output))
        , in_(std::move(in))
        , out_(std::move(out))
        , heads_(r.batch, r.output.height, r.output.width, heads, causal)
        , outIndex_(bias ? 2 : 1)
        , rows_(r.batch * r.output.height)
        , features_(r.output.width)
        , training_(r.training) {}

    Layout inputLayout(std::size_t) const override { return layout_; }
    Layout outputLayout() const override { return layout_; }
    Layout weightLayout(std::size_t index) const override {
        if (index == 0) return in_->weightLayout(0);
        return index == outIndex_ ? out_->weightLayout(0) : Layout{};
    }
    std::int64_t workspaceFloats() const override { return 4 * area() + heads_.shareFloats(); }
    /// The gradients of queries, keys and values, those of what the heads found, and what is used within.
    std::int64_t scratchFloats() const override {
        const std::int64_t within =
            std::max({in_->scratchFloats(), out_->scratchFloats(), heads_.scratchFloats()});
        return (training_ ? 4 * area() : 0) + within;
    }

    void bind(const StepBinding& b) override {
        qkv_ = b.workspace;
        context_ = qkv_ + 3 * area();
        shares_ = context_ + area();
        float* within = b.scratch;
        if (training_) {
            qkvGradient_ = b.scratch;
            contextGradient_ = qkvGradient_ + 3 * area();
            within = contextGradient_ + area();
        }
        withinHeads_ = within;
        bindPart(*in_, b, 0, outIndex_, b.inputs[0], b.inputGradients[0], qkv_, qkvGradient_, within);
        bindPart(*out_, b, outIndex_, b.weights.size(), context_, contextGradient_, b.output,
                 b.outputGradient, within);
    }
    void forward(std::uint64_t seed) override {
        in_->forward(seed);
        heads_.forward(qkv_, shares_, context_);
        out_->forward(seed);
    }
    void backward() override {
        out_->backward();
        heads_.backward(qkv_, shares_, contextGradient_, qkvGradient_, withinHeads_);
        in_->backward();
    }

  private:
    std::int64_t area() const { return rows_ * features_; }

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
            b.weightLayouts.push_back(whole.weightLayouts[i]);
        }
        b.weightsVersion = whole.weightsVersion;
        b.scratch = scratch;
        part.bind(b);
    }

    Layout layout_;
    std::unique_ptr<Step> in_, out_;
    AttentionHeads heads_;
    std::size_t outIndex_;
    std::int64_t rows_, features_;
    bool training_;
    float *qkv_ = nullptr, *context_ = nullptr, *shares_ = nullptr;
    float *qkvGradient_ = nullptr, *contextGradient_ = nullptr, *withinHeads_ = nullptr;
};

/// A request for a dense layer at each of `r`'s positions.
LayerRequest denseRequest(const LayerRequest& r, std::int64_t units) {
    LayerRequest part = r;
    part.output = {1, r.output.height, units};
    part.inputLayouts = {Layout::plainBatch(r.batch, r.inputs[0])};
    part.reluFollows = false;
    part.mixed = false;
    return part;
}

} // namespace

std::unique_ptr<Step> attention(const LayerRequest& r, std::int64_t heads, bool causal, bool bias) {
    const std::int64_t features = r.output.width;
    LayerRequest outRequest = denseRequest(r, features);
    outRequest.inputGradients = {r.training};
    auto in = dense(denseRequest(r, 3 * features), 3 * features, bias);
    auto out = dense(outRequest, features, bias);
    if (!in || !out) return nullptr;
    return std::make_unique<Attention>(r, std::move(in), std::move(out), heads, causal, bias);
}

} // namespace burdock::fast
