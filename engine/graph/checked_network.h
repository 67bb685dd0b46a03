#pragma once

#include "engine/graph/graph.h"
#include "engine/schema/layer_registry.h"
#include "engine/schema/node_path.h"
#include "engine/tensor/saturated.h"

#include <memory>

namespace burdock {

/// A layer and the shapes that it was found to work with. The repetitions of a block share it while the
/// shapes stay the same.
struct CheckedLayer {
    const LayerSchema* schema = nullptr;
    ParamValues params;
    std::vector<Shape> inputs;  ///< by port
    std::vector<Shape> outputs; ///< at least one
    std::vector<WeightSpec> weights;
    std::int64_t parameters = 0; ///< those that are its own, without statistics
    std::int64_t macs = 0;       ///< multiply-adds of one sample's forward pass

    const std::string& type() const { return schema->id; }
    const Shape& output() const { return outputs.front(); }
};

/// An output of a step of a network, by its index.
struct StepOutput {
    std::size_t step = 0;
    int output = 0;
    friend bool operator==(const StepOutput&, const StepOutput&) = default;
};

/// One layer of a network whose blocks have been replaced by what they stand for.
struct CheckedStep {
    std::string name; ///< "stage/2/conv": blocks with their repetition; unique, weights are named after it
    NodePath path;    ///< of the node that it came from
    std::vector<std::int64_t> repetitions; ///< of each block around that node, outermost first, from 1
    std::shared_ptr<const CheckedLayer> layer;
    std::vector<StepOutput> inputs;   ///< by port: what it reads, all made before it
    std::vector<std::size_t> readers; ///< one entry for each input of a step that reads an output of it
    /// Of each weight the name it is kept under, "stage/2/conv.weight": its own, or that of an earlier
    /// step's.
    std::vector<std::string> weights;
    bool frozen = false; ///< it, or a block around it: its weights and statistics do not move
};

/// A network that was found to be without errors: its layers in an order in which they can run, each fed by
/// earlier ones, blocks expanded, bypassed layers and what fed only them left out. Only checkGraph makes one,
/// so that whoever is given one need not check again. Cheap to copy; never changes.
class CheckedNetwork {
  public:
    const std::string& name() const { return parts_->name; }
    const std::vector<CheckedStep>& steps() const { return parts_->steps; }
    std::size_t input() const { return parts_->input; }
    StepOutput outputValue() const { return parts_->output; }
    std::size_t output() const { return parts_->output.step; } ///< nothing reads it
    const CheckedStep& inputStep() const { return steps()[input()]; }
    const CheckedStep& outputStep() const { return steps()[output()]; }
    const Shape& inputShape() const { return inputStep().layer->output(); }
    const Shape& outputShape() const {
        return outputStep().layer->outputs[static_cast<std::size_t>(outputValue().output)];
    }
    std::int64_t parameters() const { return parts_->parameters; } ///< tied ones counted once
    std::int64_t trainable() const { return parts_->trainable; }   ///< those that are not frozen
    /// Multiply-adds of the forward pass of so many samples.
    std::int64_t macs(std::int64_t samples = 1) const { return saturatedProduct(parts_->macs, samples); }
    /// The step of that name; null if there is none.
    const CheckedStep* find(std::string_view name) const;

  private:
    friend class NetworkLinker;
    struct Parts {
        std::string name;
        std::vector<CheckedStep> steps;
        std::size_t input = 0;
        StepOutput output;
        std::int64_t parameters = 0, trainable = 0, macs = 0;
    };
    explicit CheckedNetwork(Parts parts)
        : parts_(std::make_shared<const Parts>(std::move(parts))) {}
    std::shared_ptr<const Parts> parts_;
};

} // namespace burdock
