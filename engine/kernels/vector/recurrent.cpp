#include "engine/kernels/builtin_kernels.h"
#include "engine/kernels/onednn/dense.h"
#include "engine/kernels/onednn/support.h"
#include "engine/kernels/vector/recurrence.h"
#include "engine/kernels/vector/weight_gradient.h"
#include "engine/kernels/weight_copy.h"
#include "engine/layers/operations.h"
#include "engine/tensor/aligned_buffer.h"

#include <algorithm>
#include <omp.h>

namespace burdock::fast {
namespace {

using operation::Recurrent;

/// Floats of a table that may be in bfloat16.
std::int64_t floatsOf(std::int64_t values, bool mixed) {
    return onLines(mixed ? (values + 1) / 2 : values);
}

/// The recurrence, before and behind it what a dense layer does with the inputs of all positions, and the
/// gradients of weights: in single precision by WeightGradient, in bfloat16 as of dense layers. Of T
/// positions, H units and G gates in a batch of B, workspace: the gates (B·T × G·H), the states before them
/// and what else they keep (B·T × H each).
class RecurrentLayer final : public Step {
  public:
    /// `ofState`: null where no gradients of weights are wanted, or not of it.
    RecurrentLayer(const LayerRequest& r, const Recurrent& layer, std::unique_ptr<Step> ofInput,
                   std::unique_ptr<Step> ofState, std::unique_ptr<Recurrence> recurrence)
        : ofInput_(std::move(ofInput))
        , ofState_(std::move(ofState))
        , recurrence_(std::move(recurrence))
        , cell_(layer.cell)
        , bias_(layer.bias)
        , mixed_(r.mixed)
        , training_(r.training)
        , projects_(recurrence_->projects())
        , sums_(r.training && !r.frozen && !ofState_)
        , features_(r.inputs[0].width)
        , units_(layer.units)
        , rows_(r.batch * r.inputs[0].height)
        , threads_(omp_get_max_threads())
        , output_(layoutOf(plainDesc(Layout::plainBatch(r.batch, r.output).dims(), valueType(r)))) {}

    Layout inputLayout(std::size_t) const override { return ofInput_->inputLayout(0); }
    Layout outputLayout() const override { return output_; }
    Layout weightLayout(std::size_t index) const override {
        if (sums_ || (projects_ && !training_)) return {};
        if (index == 0) return ofInput_->weightLayout(0);
        return index == 1 && ofState_ ? ofState_->weightLayout(0) : Layout{};
    }
    std::vector<Layout> weightCopies(std::size_t index) const override {
        if (index > 1) return {};
        if (index == 0) {
            std::vector<Layout> wanted = ofInput_->weightCopies(0);
            if (projects_)
                wanted[0] = packedLayout({gates() * units_, features_}, recurrence_->inputPacking());
            return wanted;
        }
        const std::vector<std::int64_t> dims{gates() * units_, units_};
        std::vector<Layout> wanted{packedLayout(dims, recurrence_->forwardPacking())};
        if (training_) wanted.push_back(packedLayout(dims, recurrence_->backwardPacking()));
        return wanted;
    }
    std::string implementation() const override { return ofInput_->implementation(); }
    bool backwardReadsInput(std::size_t) const override { return sums_ || ofInput_->backwardReadsInput(0); }
    bool backwardReadsOutput() const override { return false; }
    std::int64_t workspaceFloats() const override {
        return training_ ? gatesFloats() + floatsOf(rows_ * units_, mixed_) + keptFloats() : 0;
    }
    std::int64_t scratchFloats() const override { return tableFloats() + withinFloats(); }

    void bind(const StepBinding& b) override {
        float* const gates = training_ ? b.workspace : projects_ ? nullptr : b.scratch;
        float* const before = training_ ? gates + gatesFloats() : nullptr;
        float* const gradient = training_ ? b.scratch : nullptr;
        float* const within = b.scratch + tableFloats();
        b_ = {.gates = gates,
              .input = projects_ ? b.inputs[0] : nullptr,
              .inputBias = projects_ && bias_ ? b.weights[2] : nullptr,
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
        inputCopy_ = projects_ ? b.weightCopies[0][0] : nullptr;
        copies_ = b.weightCopies[1];
        StepBinding input;
        input.inputs = {b.inputs[0]};
        input.inputGradients = {b.inputGradients[0]};
        input.output = gates;
        input.outputGradient = gradient;
        bindWeights(input, b, 0, within);
        input.weightCopies[0] = b.weightCopies[0];
        if (projects_) input.weightCopies[0][0] = nullptr;
        ofInput_->bind(input);
        biasGradients_ = bias_ && !isGru() ? std::pair(b.weightGradients[2], b.weightGradients[3])
                                           : std::pair<float*, float*>();
        float* const stateGradient = isGru() ? gradient + gradientFloats() : gradient;
        if (sums_) {
            ofInputSums_ = sumsOf(gradient, b.inputs[0], features_, within);
            ofStateSums_ = sumsOf(stateGradient, before, units_, within);
            ofInputSums_.gradient = b.weightGradients[0];
            ofStateSums_.gradient = b.weightGradients[1];
            if (bias_) ofInputSums_.biasGradient = b.weightGradients[2];
            if (bias_ && isGru()) ofStateSums_.biasGradient = b.weightGradients[3];
        }
        if (!ofState_) return;
        StepBinding state;
        state.inputs = {before};
        state.inputGradients = {nullptr};
        state.outputGradient = stateGradient;
        bindWeights(state, b, 1, within);
        ofState_->bind(state);
    }
    void forward(std::uint64_t seed) override {
        if (projects_)
            b_.inputWeights = refreshed(inputCopy_);
        else
            ofInput_->forward(seed);
        b_.weights = refreshed(copies_[0]);
        recurrence_->forward(b_);
    }
    void backward() override {
        b_.backwardWeights = refreshed(copies_[1]);
        recurrence_->backward(b_);
        if (ofState_) ofState_->backward();
        if (sums_) {
            ofStateSums_.run();
            ofInputSums_.run();
        }
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
        if (!training_) return projects_ ? 0 : gatesFloats();
        return (isGru() ? 2 : 1) * gradientFloats();
    }
    std::int64_t withinFloats() const {
        return std::max(
            {ofInput_->scratchFloats(), ofState_ ? ofState_->scratchFloats() : 0,
             recurrence_->scratchFloats(),
             sums_ ? sumsOf(nullptr, nullptr, std::max(features_, units_), nullptr).scratchFloats() : 0});
    }
    WeightGradient sumsOf(const float* gradient, const float* input, std::int64_t inputs,
                          float* scratch) const {
        return {.rows = rows_,
                .outputs = gates() * units_,
                .inputs = inputs,
                .outputGradient = gradient,
                .input = input,
                .scratch = scratch,
                .threads = threads_};
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
    static const float* refreshed(WeightCopy* copy) {
        copy->refresh();
        return copy->data();
    }

    std::unique_ptr<Step> ofInput_, ofState_;
    std::unique_ptr<Recurrence> recurrence_;
    Recurrent::Cell cell_;
    bool bias_, mixed_, training_, projects_;
    bool sums_;                            ///< the gradients of weights by WeightGradient
    std::int64_t features_, units_, rows_; ///< B·T
    int threads_;
    Layout output_;
    Recurrence::Binding b_;
    WeightGradient ofInputSums_, ofStateSums_;
    WeightCopy* inputCopy_ = nullptr;
    std::vector<WeightCopy*> copies_;
    std::pair<float*, float*> biasGradients_; ///< that of the state equals that of the input
};

KernelOffer offerRecurrent(const Recurrent& layer, const LayerRequest& r) {
    auto recurrence = Recurrence::make(layer, r);
    if (!recurrence) return declined("the processor has no AVX-512, which mixed precision needs here");
    const std::int64_t rows = gatesOf(layer.cell) * layer.units;
    const bool sums = !r.mixed;
    LayerRequest inputRequest = denseRequest(r, rows);
    inputRequest.frozen = r.frozen || sums;
    auto ofInput = offerDense(inputRequest, rows, layer.bias, true);
    if (!ofInput) return ofInput;
    std::unique_ptr<Step> ofState;
    if (r.training && !r.frozen && !sums) {
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
