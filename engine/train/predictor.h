#pragma once

#include "engine/data/dataset.h"
#include "engine/graph/graph.h"
#include "engine/train/weights.h"

#include <functional>

namespace burdock {

struct Evaluation {
    double loss = 0;
    double accuracy = 0; ///< NaN for regression
    std::int64_t samples = 0;
    double seconds = 0;
};

/// A trained network to ask: evaluation on a data set, the answer to one sample.
class Predictor {
  public:
    /// Refuses a graph with errors and weights of another architecture, naming the first tensor that differs.
    /// `standardiseBy` and `seed`, `validationFraction` make the same input scaling as the training run had.
    static Result<std::unique_ptr<Predictor>> make(const Graph& graph, const WeightSet& weights,
                                                   std::shared_ptr<const Dataset> data,
                                                   const struct TrainConfig& config);
    ~Predictor();

    /// The network's output for one sample: class probabilities where it classifies, numbers otherwise.
    /// `input` has the data's input size, in the data's own units.
    std::vector<float> predict(std::span<const float> input);
    /// Over the whole part. `progress` is called with 0..1 and stops the work by returning false.
    Result<Evaluation> evaluate(Part part, const std::function<bool(double)>& progress = {});

  private:
    struct Impl;
    explicit Predictor(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
