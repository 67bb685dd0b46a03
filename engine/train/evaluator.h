#pragma once

#include "engine/plan/plan.h"
#include "engine/train/data_loader.h"
#include "engine/train/evaluation.h"
#include "engine/train/frozen_features.h"
#include "engine/train/loss.h"
#include "engine/train/train_config.h"

#include <functional>

namespace burdock {

/// Measures a network on samples, without training: running statistics, no dropout. Shares the weights.
class Evaluator {
  public:
    /// How many samples are measured at once: 64, or fewer where maps are very large.
    static std::int64_t batchFor(const CheckedNetwork& network);
    /// The same beside a training whose values take `arena` bytes: fewer again where those
    /// would take much more memory than training itself.
    static std::int64_t batchBeside(std::int64_t arena, const CheckedNetwork& network,
                                    const TrainConfig& config, const LossSchema& loss);

    /// `counted`: the samples that balanced class weights are counted over. `sharesArenaOf`: see PlanOptions.
    static Result<std::unique_ptr<Evaluator>>
    make(const CheckedNetwork& network, std::shared_ptr<ParameterStore> store,
         std::shared_ptr<const Dataset> data, const TrainConfig& config, const Scaling& scaling,
         const std::vector<std::int64_t>& counted, const Plan* sharesArenaOf = nullptr);
    /// Has what the frozen layers at the beginning give for these samples of Part::Train kept, as
    /// Stepper::keepFeatures(), for when they are measured again and again.
    std::int64_t keepFeatures(const std::vector<std::int64_t>& samples, std::int64_t budget);
    /// `progress` hears 0..1 and stops the work by returning false; then the result is over what was done.
    /// `metrics`: which to measure beside the loss.
    Evaluation measure(Part part, const std::vector<std::int64_t>& samples,
                       const std::function<bool(double)>& progress, const MetricChoice& metrics = {});
    /// What it runs, for whoever asks about many samples at once.
    Plan& plan() const { return *plan_; }

  private:
    Evaluator() = default;
    /// False where a value is not finite.
    bool forward(const MiniBatch& batch, bool kept);

    std::unique_ptr<Plan> plan_;
    std::unique_ptr<FrozenFeatures> features_; ///< null: none are kept
    std::vector<std::int64_t> featuresOf_;
    std::shared_ptr<const Dataset> data_;
    const LossSchema* schema_ = nullptr;
    std::unique_ptr<Loss> loss_;
    Scaling scaling_;
    float yesAbove_ = 0;
    OutputKind reads_ = OutputKind::Numbers;
    double lossUnit_ = 1;
    bool tellsMistakes_ = false;
};

} // namespace burdock
