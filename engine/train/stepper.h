#pragma once

#include "engine/plan/plan.h"
#include "engine/train/data_loader.h"
#include "engine/train/frozen_features.h"
#include "engine/train/gradient_seam.h"
#include "engine/train/loss.h"
#include "engine/train/optimizer.h"
#include "engine/train/train_config.h"

namespace burdock {

/// The plan options of a run at one batch size: the same for training and for measuring.
PlanOptions planOptions(const CheckedNetwork& network, const TrainConfig& config, const LossSchema& loss,
                        std::int64_t batch, bool training);

/// The settings with a batch that the data can give.
TrainConfig sizedFor(TrainConfig config, const DatasetInfo& data);

/// All sizes in which so many samples are put through, the largest first.
struct PassSizes {
    PassSizes(std::int64_t samples, const TrainConfig& config, bool fullBatch);
    std::int64_t batch = 1; ///< samples of a full mini-batch
    std::vector<std::int64_t> sizes;
    bool accumulates = false; ///< whether a step may consist of several passes
};

/// The tensors of the store's parameter block, in its order.
std::vector<ParameterTensor> parameterTensors(const ParameterStore& store);

/// What the values are that the loss reads: what it expects, unless the network ends in a layer that gives
/// probabilities and that the loss does not contain.
OutputKind readKind(const CheckedNetwork& network, const LossSchema& loss);

/// Where an output changes from no to yes: that of the loss, or ½ where the network ends in an activation
/// whose outputs lie between 0 and 1.
float yesThreshold(const CheckedNetwork& network, const LossSchema& loss);

/// Gradient steps on one network: plans, loss, the seam at the gradient, optimizer and max-norm, and the
/// guard against values that are not finite. What Trainer and RateFinder have in common.
///
/// The guard looks at the loss and the gradients before each update, and at weights and statistics now and
/// then: what is not a number can be hidden from the loss (by a maximum that is taken over it, such as a
/// ReLU), but not from all of these.
class Stepper {
  public:
    /// `samples`: those of Part::Train that are trained on. The weights are zero until the store is
    /// initialised or loaded. `leastArena`: see PlanOptions.
    static Result<std::unique_ptr<Stepper>>
    make(const CheckedNetwork& network, std::shared_ptr<const Dataset> data, const TrainConfig& config,
         const std::vector<std::int64_t>& samples, std::int64_t leastArena = 0);

    struct Outcome {
        double loss = 0;     ///< mean over the samples, without penalties
        double weight = 0;   ///< of that mean: the samples, counted by their weights (see LossValue)
        double accuracy = 0; ///< NaN where the task has none
        std::int64_t samples = 0;
        /// A value was not finite. The weights are those from before the step, unless it is one of them.
        std::optional<Diagnostic> problem;
    };
    /// One step with one mini-batch, which is put through in parts where the settings say so.
    Outcome step(const MiniBatch& batch, std::int64_t step, double learningRate);

    /// Full-batch steps: gradients of mini-batches are gathered, then make one step.
    bool fullBatch() const { return fullBatch_; }
    void beginGathering();
    /// False if the step is over with a problem.
    bool gather(const MiniBatch& batch, std::int64_t step);
    Outcome finishGathering(std::int64_t step, double learningRate);
    void abandonGathering(); ///< the network is as it was at beginGathering()

    /// Has what the frozen layers at the beginning give for the samples kept, where there are such layers and
    /// it fits `budget` bytes: returns its bytes, else 0. Only for samples that come unchanged epoch after
    /// epoch; the frozen layers' weights must be there before the first step.
    std::int64_t keepFeatures(const std::vector<std::int64_t>& samples, std::int64_t budget);
    bool usesFeatures() const { return features_ && features_->areUsed(); } ///< those that are kept
    /// Whether a mini-batch of these samples needs inputs. On any thread.
    bool needsInputs(std::span<const std::int64_t> samples) const;

    /// What the losses that it tells are multiplied by, and the gradients are not: see lossUnit().
    void setLossUnit(double unit) { lossUnit_ = unit; }
    double lossUnit() const { return lossUnit_; }

    std::int64_t batch() const { return batch_; } ///< samples of a full mini-batch
    const Loss& loss() const { return *loss_; }
    const Plan& plan() const { return *plans_.front(); } ///< of the largest micro-batches
    GradientSeam& seam() { return *seam_; }
    const std::shared_ptr<ParameterStore>& store() const { return store_; }
    OptimizerState& optimizerState() const { return *optimizerState_; }
    /// Whether weights and statistics are all finite.
    bool weightsAreFinite() const;
    /// What step() asks of every so many steps, and others have to where weights are to be kept or measured:
    /// which layer has weights or statistics that are not finite.
    std::optional<Diagnostic> checkWeights(std::int64_t step) const;

  private:
    explicit Stepper(CheckedNetwork network)
        : network_(std::move(network)) {}
    /// Forward, loss and backward of each part, whose gradients go into the seam; false with a problem.
    bool pass(const MiniBatch& batch, std::int64_t step, std::uint64_t key, Outcome& outcome);
    struct Samples { ///< those of a pass
        const float* inputs;
        float* targets;
        std::span<const std::int64_t> numbers; ///< empty where no features are kept
        std::int64_t size;
    };
    bool passPart(const Samples& of, std::int64_t step, std::uint64_t key, Outcome& outcome);
    void forward(Plan& plan, const Samples& of, std::uint64_t key);
    bool apply(std::int64_t step, double learningRate, Outcome& outcome);
    void limitNorms();
    Plan& planOf(std::int64_t size) const;
    void keepStatistics();
    void restoreStatistics();
    Diagnostic diverged(std::int64_t step, std::string layer, std::string what) const;

    const CheckedNetwork network_;
    /// A look at all weights costs as much as an optimizer's step over them.
    static constexpr std::int64_t stepsBetweenChecks = 32;

    std::shared_ptr<const Dataset> data_;
    const TaskSchema* task_ = nullptr;
    std::int64_t inputWidth_ = 0, targetWidth_ = 0; ///< of a sample
    TrainConfig config_;
    std::unique_ptr<Loss> loss_;
    std::shared_ptr<ParameterStore> store_;
    std::vector<std::unique_ptr<Plan>> plans_; ///< by size of micro-batch, the largest first
    std::unique_ptr<Optimizer> optimizer_;
    std::unique_ptr<OptimizerState> optimizerState_;
    std::unique_ptr<GradientSeam> seam_;
    std::int64_t batch_ = 1;
    float yesAbove_ = 0;
    double lossUnit_ = 1;
    bool tellsMistakes_ = false;
    bool fullBatch_ = false, limited_ = false;
    std::unique_ptr<FrozenFeatures> features_; ///< null: none are kept
    AlignedBuffer statistics_;                 ///< of the last good step
    Outcome gathering_;
    std::int64_t gatheredBatches_ = 0;
};

} // namespace burdock
