#pragma once

#include "engine/schema/param_table.h"

#include <functional>
#include <memory>
#include <span>

namespace burdock {

/// Moves parameters along gradients. One call a step goes over the whole parameter block once.
class Optimizer {
  public:
    virtual ~Optimizer() = default;
    /// `parameters` and `gradients` have the size the optimizer was made for. `step` counts from 1.
    virtual void update(std::span<float> parameters, std::span<const float> gradients, double learningRate,
                        std::int64_t step) = 0;
    /// Its state (momentum, second moments), to be kept in checkpoints: one array a slot.
    virtual std::vector<std::span<float>> state() = 0;
};

struct OptimizerSchema {
    std::string id;
    std::string name;
    std::string doc;
    std::string formula;
    double defaultLearningRate = 1e-3;
    std::vector<ParamSpec> params;
    std::function<std::unique_ptr<Optimizer>(const ParamValues&, std::size_t parameters)> make;
};

const std::vector<OptimizerSchema>& optimizers();
const OptimizerSchema* findOptimizer(std::string_view id);

} // namespace burdock
