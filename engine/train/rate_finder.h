#pragma once

#include "engine/data/dataset.h"
#include "engine/graph/graph.h"
#include "engine/plan/weights.h"
#include "engine/train/train_config.h"

#include <functional>

namespace burdock {

/// The loss at a learning rate of the sweep.
struct RatePoint {
    double learningRate = 0;
    double loss = 0;     ///< of the mini-batch
    double smoothed = 0; ///< running mean over the last steps, corrected for its start
};

struct RateSweep {
    std::vector<RatePoint> points;   ///< up to where the loss exploded
    std::optional<double> suggested; ///< where the smoothed loss falls most steeply; none if it never falls
};

/// Reads a good learning rate off the loss: trains a copy of the network for some hundred steps while the
/// rate grows from `lowest` to `highest`, each by the same factor (Smith: Cyclical learning rates for
/// training neural networks, 2017). `config` gives everything but rate and schedule; no weights but the
/// sweep's own are changed. `initial` may be empty: then weights are drawn by the seed. `progress` hears 0..1
/// and ends the sweep by returning false.
Result<RateSweep> findLearningRate(const Graph& graph, std::shared_ptr<const Dataset> data,
                                   const TrainConfig& config, const TensorSource* initial = nullptr,
                                   const std::function<bool(double)>& progress = {});

} // namespace burdock
