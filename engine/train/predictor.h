#pragma once

#include "engine/data/split.h"
#include "engine/graph/graph.h"
#include "engine/plan/weights.h"
#include "engine/train/evaluation.h"
#include "engine/train/train_config.h"

#include <functional>
#include <span>

namespace burdock {

/// A trained network to ask: evaluation on a data set, the answer to one sample.
class Predictor {
  public:
    /// Refuses a graph with errors, data that do not fit it, and weights of another architecture, naming the
    /// first array that differs. `config` is that of the training run: it fixes the split and the scaling of
    /// features.
    static Result<std::unique_ptr<Predictor>> make(const Graph& graph, const TensorSource& weights,
                                                   std::shared_ptr<const Dataset> data,
                                                   const TrainConfig& config);
    static Result<std::unique_ptr<Predictor>> make(const Graph& graph, const WeightSet& weights,
                                                   std::shared_ptr<const Dataset> data,
                                                   const TrainConfig& config) {
        return make(graph, TensorsInMemory(weights), std::move(data), config);
    }
    ~Predictor();

    /// The network's output for one sample: class probabilities where it classifies (two for yes or no: "no"
    /// first), of each label, or of the next token at each position; numbers otherwise. `input` has the
    /// data's input size, in the data's own units.
    std::vector<float> predict(std::span<const float> input);
    /// How many samples are best asked about at once.
    std::int64_t batch() const;
    /// The same of several samples, which stand one behind the other in `inputs`: at most batch() of them.
    std::vector<std::vector<float>> predictSeveral(std::span<const float> inputs);
    /// Takes other weights of the same network. Refuses those of another one, naming the first array that
    /// differs; what is answered then is not defined until a load succeeds.
    Status load(const TensorSource& weights);
    const Split& split() const; ///< of its data, as the run had it
    /// Over all test samples. `progress` is called with 0..1 and stops the work by returning false.
    Evaluation evaluateTest(const std::function<bool(double)>& progress = {});

  private:
    struct Impl;
    explicit Predictor(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
