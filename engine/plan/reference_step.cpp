#include "engine/plan/reference_step.h"

#include "engine/plan/layout_formats.h"
#include "engine/tensor/aligned_buffer.h"

namespace burdock {
namespace {

class ReferenceStep final : public Step {
  public:
    ReferenceStep(std::unique_ptr<Kernel<float>> kernel, LayerRequest request, bool alias)
        : kernel_(std::move(kernel))
        , request_(std::move(request))
        , alias_(alias) {}

    Layout inputLayout(std::size_t port) const override {
        return Layout::plainBatch(request_.batch, request_.inputs[port]);
    }
    Layout outputLayout() const override { return Layout::plainBatch(request_.batch, request_.output); }
    bool aliasesInput() const override { return alias_; }
    bool backwardReadsInput(std::size_t) const override { return !alias_; }
    bool backwardReadsOutput() const override { return !alias_; }

    void bind(const StepBinding& b) override {
        for (std::size_t i = 0; i < b.inputs.size(); ++i) {
            inputs_.push_back({b.inputs[i], request_.inputs[i], request_.batch});
            gradients_.push_back({b.inputGradients[i], request_.inputs[i], request_.batch});
        }
        weights_ = b.weights;
        weightGradients_ = b.weightGradients;
        weightsVersion_ = b.weightsVersion;
        for (std::size_t i = 0; i < weights_.size(); ++i)
            if (!b.weightLayouts[i].isPlain()) usePlainCopy(i, b.weightLayouts[i]);
        pass_.inputs = inputs_;
        pass_.inputGradients = gradients_;
        pass_.output = {b.output, request_.output, request_.batch};
        pass_.outputGradient = {b.outputGradient, request_.output, request_.batch};
        pass_.weights = weights_;
        pass_.weightGradients = weightGradients_;
        pass_.training = request_.training;
    }
    void forward(std::uint64_t seed) override {
        pass_.seed = seed;
        if (!copies_.empty() && seen_ != *weightsVersion_) {
            for (const PlainCopy& c : copies_)
                reorder(c.layout, c.stored, Layout::plain(c.layout.dims()), c.values.data());
            seen_ = *weightsVersion_;
        }
        if (!alias_) kernel_->forward(pass_);
    }
    void backward() override {
        if (!alias_) kernel_->backward(pass_);
        for (const PlainCopy& c : copies_)
            if (c.storedGradient)
                reorder(Layout::plain(c.layout.dims()), c.gradients.data(), c.layout, c.storedGradient);
    }

  private:
    /// Of a weight that another plan keeps in a format of oneDNN's.
    struct PlainCopy {
        Layout layout;
        float *stored, *storedGradient;
        AlignedBuffer values, gradients;
    };

    void usePlainCopy(std::size_t i, const Layout& layout) {
        const auto floats = static_cast<std::size_t>(Layout::plain(layout.dims()).floats());
        PlainCopy copy{layout, weights_[i], weightGradients_[i], AlignedBuffer(floats),
                       AlignedBuffer(weightGradients_[i] ? floats : 0)};
        weights_[i] = copy.values.data();
        if (copy.storedGradient) weightGradients_[i] = copy.gradients.data();
        copies_.push_back(std::move(copy));
    }

    std::unique_ptr<Kernel<float>> kernel_;
    LayerRequest request_;
    bool alias_;
    std::vector<Tensor<float>> inputs_, gradients_;
    std::vector<float*> weights_, weightGradients_;
    std::vector<PlainCopy> copies_;
    const std::uint64_t* weightsVersion_ = nullptr;
    std::uint64_t seen_ = ~std::uint64_t{0};
    Pass<float> pass_;
};

/// The same values under other dims.
class Renaming final : public Step {
  public:
    Renaming(Layout from, Layout to)
        : from_(std::move(from))
        , to_(std::move(to)) {}
    Layout inputLayout(std::size_t) const override { return from_; }
    Layout outputLayout() const override { return to_; }
    bool aliasesInput() const override { return true; }
    bool backwardReadsInput(std::size_t) const override { return false; }
    bool backwardReadsOutput() const override { return false; }
    void bind(const StepBinding&) override {}
    void forward(std::uint64_t) override {}
    void backward() override {}

  private:
    Layout from_, to_;
};

} // namespace

std::unique_ptr<Step> makeReferenceStep(const LayerSchema& schema, const ParamValues& params,
                                        const LayerRequest& request) {
    return std::make_unique<ReferenceStep>(schema.makeKernel(params, request.inputs), request,
                                           schema.keepsValues);
}

std::unique_ptr<Step> makeReorderStep(const Layout& from, const Layout& to) {
    if (from.isPlain() && to.isPlain()) return std::make_unique<Renaming>(from, to);
    return fast::reorderStep(from, to);
}

} // namespace burdock
