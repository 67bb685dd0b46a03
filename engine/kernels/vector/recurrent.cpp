#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/dense.h"
#include "engine/kernels/onednn/support.h"
#include "engine/kernels/vector/recurrence.h"
#include "engine/kernels/weight_copy.h"
#include "engine/layers/operations.h"
#include "engine/tensor/aligned_buffer.h"

#include <algorithm>

namespace burdock::fast {
namespace {

using operation::Recurrent;

/// Floats of a table that may be in bfloat16.
std::int64_t floatsOf(std::int64_t values, bool mixed) {
    return onLines(mixed ? (values + 1) / 2 : values);
}

/// A dense layer of all positions' inputs, the recurrence, and a dense layer's gradients of what the states
/// are multiplied with. Of T positions, H units and G gates in a batch of B, workspace: the gates
/// (B·T × G·H), the states before them and what else they keep (B·T × H each).
class RecurrentLayer final : public Step {
  public:
    /// `ofState`: null where no gradients of weights are wanted.
    RecurrentLayer(const LayerRequest& r, const Recurrent& layer, std::unique_ptr<Step> ofInput,
                   std::unique_ptr<Step> ofState, std::unique_ptr<Recurrence> recurrence)
        : ofInput_(std::move(ofInput))
        , ofState_(std::move(ofState))
        , recurrence_(std::move(recurrence))
        , cell_(layer.cell)
        , bias_(layer.bias)
        , mixed_(r.mixed)
        , training_(r.training)
        , units_(layer.units)
        , rows_(r.batch * r.inputs[0].height)
        , output_(layoutOf(plainDesc(Layout::plainBatch(r.batch, r.output).dims(), valueType(r)))) {}

    Layout inputLayout(std::size_t) const override { return ofInput_->inputLayout(0); }
    Layout outputLayout() const override { return output_; }
    Layout weightLayout(std::size_t index) const override {
        if (index == 0) return ofInput_->weightLayout(0);
        return index == 1 && ofState_ ? ofState_->weightLayout(0) : Layout{};
    }
    std::vector<Layout> weightCopies(std::size_t index) const override {
        if (index == 0) return ofInput_->weightCopies(0);
        if (index != 1) return {};
        const std::vector<std::int64_t> dims{gates() * units_, units_};
        std::vector<Layout> wanted{packedLayout(dims, recurrence_->forwardPacking())};
        if (training_) wanted.push_back(packedLayout(dims, recurrence_->backwardPacking()));
        return wanted;
    }
    std::string implementation() const override { return ofInput_->implementation(); }
    bool backwardReadsInput(std::size_t) const override { return ofInput_->backwardReadsInput(0); }
    bool backwardReadsOutput() const override { return false; }
    std::int64_t workspaceFloats() const override {
        return training_ ? gatesFloats() + floatsOf(rows_ * units_, mixed_) + keptFloats() : 0;
    }
    std::int64_t scratchFloats() const override { return tableFloats() + withinFloats(); }

    void bind(const StepBinding& b) override {
        float* const gates = training_ ? b.workspace : b.scratch;
        float* const before = training_ ? gates + gatesFloats() : nullptr;
        float* const gradient = training_ ? b.scratch : nullptr;
        float* const within = b.scratch + tableFloats();
        b_ = {.gates = gates,
              .stateBias = bias_ ? b.weights[3] : nullptr,
              .output = b.output,
              .last = b.moreOutputs.empty() ? nullptr : b.moreOutputs[0],
              .statesBefore = before,
              .kept = keptFloats() > 0 && training_ ? before + floatsOf(rows_ * units_, mixed_) : nullptr,
              .outputGradient = b.outputGradient,
              .lastGradient = b.moreOutputGradients.empty() ? nullptr : b.moreOutputGradients[0],
              .gradient = gradient,
              .stateGradient = isGru() && training_ ? gradient + gradientFloats() : nullptr,
              .scratch = within};
        copies_ = b.weightCopies[1];
        StepBinding input;
        input.inputs = {b.inputs[0]};
        input.inputGradients = {b.inputGradients[0]};
        input.output = gates;
        input.outputGradient = gradient;
        bindWeights(input, b, 0, within);
        input.weightCopies[0] = b.weightCopies[0];
        ofInput_->bind(input);
        biasGradients_ = bias_ && !isGru() ? std::pair(b.weightGradients[2], b.weightGradients[3])
                                           : std::pair<float*, float*>();
        if (!ofState_) return;
        StepBinding state;
        state.inputs = {before};
        state.inputGradients = {nullptr};
        state.outputGradient = isGru() ? gradient + gradientFloats() : gradient;
        bindWeights(state, b, 1, within);
        ofState_->bind(state);
    }
    void forward(std::uint64_t seed) override {
        ofInput_->forward(seed);
        b_.weights = refreshed(0);
        recurrence_->forward(b_);
    }
    void backward() override {
        b_.backwardWeights = refreshed(1);
        recurrence_->backward(b_);
        if (ofState_) ofState_->backward();
        ofInput_->backward();
        if (const auto [ofInput, ofState] = biasGradients_; ofInput && ofState)
            std::copy_n(ofInput, gates() * units_, ofState);
    }

  private:
    std::int64_t gates() const { return gatesOf(cell_); }
    bool isGru() const { return cell_ == Recurrent::Cell::Gru; }
    std::int64_t gatesFloats() const { return onLines(rows_ * gates() * units_); }
    std::int64_t gradientFloats() const { return floatsOf(rows_ * gates() * units_, mixed_); }
    std::int64_t keptFloats() const { return cell_ == Recurrent::Cell::Simple ? 0 : onLines(rows_ * units_); }
    /// Gradients of the gates, which of a GRU are others for the state than for the input; in use, the gates.
    std::int64_t tableFloats() const {
        return training_ ? (isGru() ? 2 : 1) * gradientFloats() : gatesFloats();
    }
    std::int64_t withinFloats() const {
        return std::max({ofInput_->scratchFloats(), ofState_ ? ofState_->scratchFloats() : 0,
                         recurrence_->scratchFloats()});
    }
    /// Weight `index` and its bias, of a part that has just these.
    void bindWeights(StepBinding& part, const StepBinding& whole, std::size_t index, float* within) const {
        for (std::size_t i = index; i < whole.weights.size(); i += 2) {
            part.weights.push_back(whole.weights[i]);
            part.weightGradients.push_back(whole.weightGradients[i]);
            part.weightCopies.push_back({nullptr, nullptr});
        }
        part.scratch = within;
    }
    const float* refreshed(std::size_t copy) const {
        copies_[copy]->refresh();
        return copies_[copy]->data();
    }

    std::unique_ptr<Step> ofInput_, ofState_;
    std::unique_ptr<Recurrence> recurrence_;
    Recurrent::Cell cell_;
    bool bias_, mixed_, training_;
    std::int64_t units_, rows_; ///< B·T
    Layout output_;
    Recurrence::Binding b_;
    std::vector<WeightCopy*> copies_;
    std::pair<float*, float*> biasGradients_; ///< that of the state equals that of the input
};

/// A request for a dense layer at each of `r`'s positions.
LayerRequest denseRequest(const LayerRequest& r, std::int64_t units) {
    LayerRequest part = r;
    part.output = Shape::sequence(r.inputs[0].height, units);
    part.moreOutputs = {};
    part.inputLayouts = {Layout::plainBatch(r.batch, r.inputs[0])};
    part.inputIsRelu = part.reluFollows = false;
    return part;
}

KernelOffer offerRecurrent(const Recurrent& layer, const LayerRequest& r) {
    auto recurrence = Recurrence::make(layer, r);
    if (!recurrence) return declined("the processor has no AVX-512, which mixed precision needs here");
    const std::int64_t rows = gatesOf(layer.cell) * layer.units;
    auto ofInput = offerDense(denseRequest(r, rows), rows, layer.bias, true);
    if (!ofInput) return ofInput;
    std::unique_ptr<Step> ofState;
    if (r.training && !r.frozen) {
        LayerRequest request = denseRequest(r, rows);
        request.inputs = {Shape::sequence(r.inputs[0].height, layer.units)};
        request.inputLayouts = {Layout::plainBatch(r.batch, request.inputs[0])};
        request.inputGradients = {false};
        auto offered = offerDense(request, rows, layer.bias && layer.cell == Recurrent::Cell::Gru, false);
        if (!offered) return offered;
        ofState = std::move(*offered);
    }
    return std::make_unique<RecurrentLayer>(r, layer, std::move(*ofInput), std::move(ofState),
                                            std::move(recurrence));
}

} // namespace
} // namespace burdock::fast

namespace burdock {

KernelEntry vectorRecurrent() {
    return kernelFor<operation::Recurrent>(
        {.id = "vector.recurrent",
         .backend = "Burdock",
         .name = "recurrent cells, between inner products of oneDNN",
         .doc =
             "Each thread takes its samples through all positions; gates are computed behind their products.",
         .sumsByThread = true},
        fast::offerRecurrent);
}

} // namespace burdock
