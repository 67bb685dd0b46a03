#pragma once

#include "engine/schema/param_table.h"

#include <functional>
#include <memory>
#include <span>

namespace burdock {

/// What one step hands to an optimizer. `parameters` and `gradients` have the size it was made for.
struct StepInputs {
    std::span<float> parameters;
    std::span<const float> gradients;
    double learningRate = 0;
    std::int64_t step = 1;    ///< counts from 1
    double weightDecay = 0;   ///< λ; added to the gradient, or decoupled where the optimizer decouples it
    std::size_t decaying = 0; ///< how many parameters decay: the first ones
};

/// Moves parameters along gradients. One call a step goes over the whole parameter block once.
class Optimizer {
  public:
    virtual ~Optimizer() = default;
    virtual void update(const StepInputs& inputs) = 0;
    /// Its state, to be kept in checkpoints: arrays of the parameters' size. Whatever else it keeps must
    /// follow from the step's number.
    struct Slot {
        std::string name; ///< "mean"
        std::span<float> values;
    };
    virtual std::vector<Slot> state() = 0;
};

struct OptimizerSchema {
    std::string id;
    std::string name;
    std::string doc;
    std::string formula;
    double defaultLearningRate = 1e-3;
    bool fullBatch = false; ///< a step takes the gradient over the whole training split
    std::vector<ParamSpec> params;
    std::function<std::unique_ptr<Optimizer>(const ParamValues&, std::size_t parameters)> make;
};

const std::vector<OptimizerSchema>& optimizers();
const OptimizerSchema* findOptimizer(std::string_view id);

} // namespace burdock
