#pragma once

#include "engine/graph/graph.h"
#include "engine/plan/plan.h"
#include "engine/train/data_loader.h"
#include "engine/train/loss.h"
#include "engine/train/optimizer.h"
#include "engine/train/train_config.h"

namespace burdock {

/// The plan options of a run at one batch size: the same for training and for measuring.
PlanOptions planOptions(const Graph& graph, const TrainConfig& config, const LossSchema& loss,
                        std::int64_t batch, bool training);

/// Where an output changes from no to yes: that of the loss, or ½ where the network ends in an activation
/// whose outputs lie between 0 and 1.
float yesThreshold(const Graph& graph, const LossSchema& loss);

/// The share of a batch's answers (of labels: of each yes and no) that is right; NaN for numbers. `outputs`
/// and `targets` hold one sample a column.
double shareRight(const Tensor<float>& outputs, const Tensor<float>& targets, Task task, float yesAbove);

/// Gradient steps on one network: plans, loss, penalties, clipping, optimizer and max-norm, and the guard
/// against values that are not finite. What Trainer and RateFinder have in common.
class Stepper {
  public:
    /// `samples`: those of Part::Train that are trained on. The weights are zero until the store is
    /// initialised or loaded. `leastArena`: see PlanOptions.
    static Result<std::unique_ptr<Stepper>> make(const Graph& graph, std::shared_ptr<const Dataset> data,
                                                 const TrainConfig& config,
                                                 const std::vector<std::int64_t>& samples,
                                                 std::int64_t leastArena = 0);

    struct Outcome {
        double loss = 0;     ///< mean over the samples, without penalties
        double accuracy = 0; ///< NaN for numbers
        std::int64_t samples = 0;
        std::optional<Diagnostic> problem; ///< a value was not finite; the weights are those from before
    };
    /// One step with one mini-batch.
    Outcome step(const MiniBatch& batch, std::int64_t step, double learningRate);

    /// Full-batch steps: gradients of mini-batches are gathered, then make one step.
    bool fullBatch() const { return fullBatch_; }
    void beginGathering();
    /// False if the step is over with a problem.
    bool gather(const MiniBatch& batch, std::int64_t step);
    Outcome finishGathering(std::int64_t step, double learningRate);
    void abandonGathering(); ///< the network is as it was at beginGathering()

    std::int64_t batch() const { return plan_->batch(); }
    const Loss& loss() const { return *loss_; }
    const Plan& plan() const { return *plan_; } ///< of full mini-batches
    const std::shared_ptr<ParameterStore>& store() const { return store_; }
    Optimizer& optimizer() { return *optimizer_; }
    /// Whether weights and statistics are all finite.
    bool weightsAreFinite() const;

  private:
    Stepper() = default;
    /// Forward, loss and backward; false with a problem.
    bool pass(const MiniBatch& batch, std::int64_t step, std::uint64_t key, Outcome& outcome);
    bool apply(std::int64_t step, double learningRate, std::span<float> gradients, Outcome& outcome);
    void regularize(std::span<float> gradients) const;
    void limitNorms();
    void keepStatistics();
    void restoreStatistics();
    Diagnostic diverged(std::int64_t step, std::string layer, std::string what) const;

    std::shared_ptr<const Dataset> data_;
    TrainConfig config_;
    std::unique_ptr<Loss> loss_;
    std::shared_ptr<ParameterStore> store_;
    std::unique_ptr<Plan> plan_, remainder_; ///< for full mini-batches and for the last one of an epoch
    std::unique_ptr<Optimizer> optimizer_;
    float yesAbove_ = 0;
    bool fullBatch_ = false, penalised_ = false, limited_ = false;
    AlignedBuffer statistics_; ///< of the last good step
    AlignedBuffer gathered_;
    Outcome gathering_;
    std::int64_t gatheredBatches_ = 0;
};

} // namespace burdock
