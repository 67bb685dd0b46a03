#pragma once

#include "engine/plan/plan.h"
#include "engine/train/data_loader.h"
#include "engine/train/evaluation.h"
#include "engine/train/loss.h"

#include <functional>

namespace burdock {

/// How many of a batch the network got right: the largest output (Multiclass), or the output on the right
/// side of `threshold` (Binary). `outputs` is outputs × batch, `targets` as Dataset::readTarget gives them.
std::int64_t countCorrect(const Tensor<float>& outputs, const Tensor<float>& targets, Task task,
                          float threshold);

/// Where a Binary output changes from no to yes: 0 for logits, ½ for probabilities.
float binaryThreshold(const Graph& graph, const LossSchema& loss);

/// Measures a network on samples, without training: running statistics, no dropout. Shares the weights.
class Evaluator {
  public:
    static constexpr std::int64_t batch = 64;

    static Result<std::unique_ptr<Evaluator>> make(const Graph& graph, std::shared_ptr<ParameterStore> store,
                                                   std::shared_ptr<const Dataset> data,
                                                   const LossSchema& loss, const Scaling& scaling,
                                                   Precision precision = Precision::Single);
    /// `progress` hears 0..1 and stops the work by returning false; then the result is over what was done.
    Evaluation measure(Part part, const std::vector<std::int64_t>& samples,
                       const std::function<bool(double)>& progress);

  private:
    Evaluator() = default;
    std::unique_ptr<Plan> plan_;
    std::shared_ptr<const Dataset> data_;
    const LossSchema* loss_ = nullptr;
    Scaling scaling_;
    float threshold_ = 0;
};

} // namespace burdock
