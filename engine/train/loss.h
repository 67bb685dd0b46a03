#pragma once

#include "engine/data/dataset.h"
#include "engine/schema/layer_schema.h"
#include "engine/tensor/tensor.h"

#include <functional>

namespace burdock {

/// How often each target occurs: the samples of each class, or the ones of each output.
struct TargetCounts {
    double samples = 0;
    std::vector<double> of;
};
TargetCounts countTargets(const Dataset& data, std::span<const std::int64_t> samples);

/// What a loss is made for.
struct LossSetup {
    Task task;
    /// Of the training split; asked only by losses whose settings need it, and may be empty for others.
    std::function<TargetCounts()> counts;
};

/// Means of several batches are combined by their weights: Σ weight · mean / Σ weight.
struct LossValue {
    double mean = 0;
    double weight = 0; ///< columns, each counted by the weight of its class where classes have weights
};

/// A loss averages over the batch. It is computed from logits: where the network ends in the activation that
/// belongs to the loss (softmax, sigmoid, step), the Plan hands over that activation's input.
class Loss {
  public:
    virtual ~Loss() = default;
    /// The loss of a batch, 0 with weight 0 where nothing in it counts. `outputs` is outputs × batch,
    /// `targets` as Dataset::readTarget gives them, one sample a column (see columnsOf for sequences). Writes
    /// d(loss)/d(outputs) unless `gradient` is empty. The same values give the same bits on any number of
    /// threads.
    virtual LossValue evaluate(const Tensor<float>& outputs, const Tensor<float>& targets,
                               Tensor<float> gradient) const = 0;
    virtual LossValue evaluate(const Tensor<double>& outputs, const Tensor<double>& targets,
                               Tensor<double> gradient) const = 0;
};

struct LossSchema {
    static constexpr std::string_view kind = "loss", plural = "losses";
    std::string id; ///< "softmax-cross-entropy"
    std::string name;
    std::string doc;
    std::string formula;
    OutputKind expects = OutputKind::Numbers; ///< what it takes a network's outputs for
    /// Where the network ends in this function, the loss takes that function's input.
    OutputFunction contains = OutputFunction::None;
    std::vector<TargetKind> kinds; ///< of targets that it can be used for
    float yesAbove = 0;            ///< where a yes begins in what the loss takes: ½ for estimates of 0 and 1
    std::vector<ParamSpec> params;
    std::function<std::unique_ptr<Loss>(const ParamValues&, const LossSetup&)> make;
    /// Of numbers in another unit it changes by this power of it: 1 for sizes of errors, 2 for squares; 0
    /// where it does not change so.
    int degree = 0;

    /// By the kind of the task's targets, or because the task asks for it.
    bool fits(Task task) const;
    std::string_view lacks() const { return make ? "" : "make"; }
};

/// The hyperparameter that says how a loss is told of which people read mistakes better than values.
inline constexpr std::string_view toldKey = "told", toldAsMistakes = "mistakes";
/// Whether such a loss is told as the share of answers that are wrong.
bool tellsMistakes(const LossSchema& loss, const ParamValues& params);

Registry<LossSchema>& losses();
const LossSchema* findLoss(std::string_view id);
/// The loss of the task's defaults.
const LossSchema& defaultLoss(Task task);
/// The loss that a run's settings name, "auto" being the task's; null if there is none of that name.
const LossSchema* lossFor(std::string_view id, Task task);

/// The values as losses and metrics see them: where each position of a sequence has a target, each is a
/// column.
template <class T>
Tensor<T> columnsOf(const Tensor<T>& values, const TaskSchema& task) {
    if (!values || !task.positions) return values;
    // Outputs are 1 × T × vocabulary, targets T × 1 × 1.
    const std::int64_t width = values.shape.width;
    return {values.data, {width, 1, 1}, values.size() / width};
}

} // namespace burdock
