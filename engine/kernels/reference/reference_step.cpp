#include "engine/kernels/reference/reference_step.h"

#include "engine/kernels/layout_formats.h"
#include "engine/kernels/weight_copy.h"
#include "engine/schema/kernel.h"

#include <algorithm>

namespace burdock {
namespace {

class ReferenceStep final : public Step {
  public:
    ReferenceStep(std::unique_ptr<Kernel<float>> kernel, LayerRequest request, std::vector<WeightSpec> specs,
                  bool alias)
        : kernel_(std::move(kernel))
        , request_(std::move(request))
        , specs_(std::move(specs))
        , alias_(alias) {}

    Layout inputLayout(std::size_t port) const override {
        return Layout::plainBatch(request_.batch, request_.inputs[port]);
    }
    Layout outputLayout() const override { return Layout::plainBatch(request_.batch, request_.output); }
    std::vector<Layout> weightCopies(std::size_t index) const override {
        return {Layout::plain(specs_[index].dims)};
    }
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
        for (std::size_t i = 0; i < weights_.size(); ++i) {
            if (WeightCopy* const copy = b.weightCopies[i][0]) {
                copies_.push_back(copy);
                weights_[i] = copy->data();
            }
            if (!specs_[i].isParameter())
                statistics_.push_back(
                    {std::span(weights_[i], static_cast<std::size_t>(specs_[i].size())), {}});
        }
        pass_.inputs = inputs_;
        pass_.inputGradients = gradients_;
        pass_.output = {b.output, request_.output, request_.batch};
        pass_.outputGradient = {b.outputGradient, request_.output, request_.batch};
        for (std::size_t i = 0; i < b.moreOutputs.size(); ++i) {
            more_.push_back({b.moreOutputs[i], request_.moreOutputs[i], request_.batch});
            moreGradients_.push_back({b.moreOutputGradients[i], request_.moreOutputs[i], request_.batch});
        }
        pass_.moreOutputs = more_;
        pass_.moreOutputGradients = moreGradients_;
        pass_.weights = weights_;
        pass_.weightGradients = weightGradients_;
        // A frozen dropout goes on dropping: only what keeps statistics is used as in evaluation.
        pass_.training = request_.training && !(request_.frozen && !statistics_.empty());
    }
    void forward(std::uint64_t seed) override {
        pass_.seed = seed;
        for (WeightCopy* const copy : copies_)
            copy->refresh();
        if (!alias_) kernel_->forward(pass_);
    }
    void forwardAgain(std::uint64_t seed) override {
        for (auto& [now, kept] : statistics_)
            kept.assign(now.begin(), now.end());
        forward(seed);
        for (const auto& [now, kept] : statistics_)
            std::ranges::copy(kept, now.begin());
    }
    void backward() override {
        if (!alias_) kernel_->backward(pass_);
    }

  private:
    struct Statistic {
        std::span<float> now;
        std::vector<float> kept;
    };

    std::unique_ptr<Kernel<float>> kernel_;
    LayerRequest request_;
    std::vector<WeightSpec> specs_;
    bool alias_;
    std::vector<Tensor<float>> inputs_, gradients_, more_, moreGradients_;
    std::vector<float*> weights_, weightGradients_;
    std::vector<WeightCopy*> copies_;
    std::vector<Statistic> statistics_; ///< that forward folds its batch's into
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
    if (schema.keepsValues && request.inputs[0] == request.output)
        return makeReorderStep(request.inputLayouts[0], request.inputLayouts[0]);
    return std::make_unique<ReferenceStep>(schema.makeKernel(params, request.inputs), request,
                                           schema.weightSpecs(params, request.inputs), schema.keepsValues);
}

std::unique_ptr<Step> makeReorderStep(const Layout& from, const Layout& to) {
    if (from == to || (from.isPlain() && to.isPlain())) return std::make_unique<Renaming>(from, to);
    return fast::reorderStep(from, to);
}

} // namespace burdock
