#pragma once

#include "engine/graph/checked_network.h"
#include "engine/kernels/step.h"
#include "engine/plan/parameter_store.h"
#include "engine/plan/plan.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace burdock {

/// A batch flowing along an edge. Values that share memory have the same root.
struct PlannedValue {
    Shape shape;
    Layout layout;
    std::size_t root = 0;
    bool needsGradient = false;
    float* data = nullptr;
    float* gradient = nullptr;
};

struct PlannedStep {
    std::string node;           ///< empty for a reorder between two nodes
    std::shared_ptr<Step> step; ///< that of other nodes as well where it is only measured
    std::vector<std::size_t> inputs;
    std::size_t output = 0;
    std::vector<std::size_t> moreOutputs; ///< of a layer with several outputs, those after the first
    std::vector<bool> read;               ///< of each output, whether anybody reads it
    std::vector<std::size_t> weights;     ///< indices in the store
    std::vector<std::vector<WeightCopy*>> weightCopies;
    std::uint64_t key = 0; ///< of the node's random numbers
    KernelUse use;
    bool backward = false; ///< something upstream or in it learns
    bool frozen = false;   ///< its weights get no gradients, and its statistics stay
    /// A gradient that cannot be written where it belongs, because another reader has begun it or it is kept
    /// in another layout: it goes to `values` first, and commit() brings it there. One that nobody keeps ends
    /// there: that of a frozen weight in a step with others that learn.
    struct StagedGradient {
        std::size_t place; ///< among the inputs, or the weights
        bool isKept = true;
        bool accumulates = false;
        float* values = nullptr;
        std::function<void()> commit{};
    };
    std::vector<StagedGradient> stagedInputs, stagedWeights;

    bool computes() const { return !step->aliasesInput(); }
    bool isRead(std::size_t index) const { return read.empty() || read[index]; }
    /// Calls visit(value, index) for each output.
    void forOutputs(const auto& visit) const {
        visit(output, std::size_t{0});
        for (std::size_t i = 0; i < moreOutputs.size(); ++i)
            visit(moreOutputs[i], i + 1);
    }
};

/// A network as steps in order, with the formats chosen and nothing placed yet.
struct PlannedSteps {
    std::vector<PlannedValue> values;
    std::vector<PlannedStep> steps;
    std::size_t inputValue = 0, outputValue = 0;
    bool mixed = false;
    std::vector<std::pair<std::string, std::string>>
        included; ///< nodes, and the one whose step computes each

    std::size_t rootOf(std::size_t value) const { return values[value].root; }
};

/// With `declares` the weights are declared in `store`; otherwise they are those of another plan of the same
/// network.
PlannedSteps planSteps(const CheckedNetwork& network, const PlanOptions& options, ParameterStore& store,
                       bool declares);

} // namespace burdock
