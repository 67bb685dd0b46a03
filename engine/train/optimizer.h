#pragma once

#include "engine/kernels/layout.h"
#include "engine/plan/weights.h"
#include "engine/schema/param_table.h"
#include "engine/schema/registry.h"
#include "engine/tensor/aligned_buffer.h"

#include <functional>
#include <memory>
#include <span>

namespace burdock {

class OptimizerState;
class ParameterStore;

/// One tensor of the parameter block, as an optimizer sees it.
struct ParameterTensor {
    std::string name;               ///< "conv 1.weight"
    std::vector<std::int64_t> dims; ///< row-major: (filters, channels, height, width)
    std::size_t offset = 0;         ///< in the block
    std::size_t floats = 0;         ///< there; padding, which is 0, included
    Layout layout{};                ///< how its values lie there
    bool decays = true;
    bool table = false; ///< rows are looked up, and not multiplied: an embedding
    bool last = false;  ///< of the last layer with weights

    /// A plain one of these dims alone in its block.
    static ParameterTensor plain(std::vector<std::int64_t> dims);
    std::int64_t size() const; ///< without padding
};

/// What one step hands to an optimizer.
struct StepInputs {
    std::span<float> parameters;      ///< the whole block
    std::span<const float> gradients; ///< laid alike
    OptimizerState& state;            ///< made for this optimizer and these parameters
    double learningRate = 0;
    std::int64_t step = 1;    ///< counts from 1
    double weightDecay = 0;   ///< λ; added to the gradient, or decoupled where the optimizer decouples it
    std::size_t decaying = 0; ///< how many parameters decay: the first ones
    /// Whose values `parameters` are, so that copies can follow at once; null: they are nobody's.
    ParameterStore* store = nullptr;
};

/// Moves parameters along gradients. Whatever it remembers lies in its slots, or follows from the step's
/// number.
class Optimizer {
  public:
    virtual ~Optimizer() = default;
    /// One array that it keeps for a tensor, 0 at first.
    struct SlotSpec {
        std::string name;                 ///< "mean"
        std::vector<std::int64_t> dims{}; ///< row-major, of any shape; empty: as the tensor, and laid like it
    };
    virtual std::vector<SlotSpec> slotSpecs(const ParameterTensor& tensor) const = 0;
    virtual void update(const StepInputs& inputs) = 0;
};

/// The slots of an optimizer: memory, and the arrays of checkpoints.
class OptimizerState {
  public:
    OptimizerState(const Optimizer& optimizer, std::vector<ParameterTensor> tensors);
    /// How many floats that would be.
    static std::int64_t floats(const Optimizer& optimizer, std::span<const ParameterTensor> tensors);

    const std::vector<ParameterTensor>& tensors() const { return tensors_; }
    /// Slot `index` of one tensor.
    std::span<float> slot(std::size_t tensor, std::size_t index) const;
    /// Slot `index` of all tensors as one block that lies as the parameters do; null unless each has it, laid
    /// like the tensor.
    float* block(std::size_t index) const;

    /// As "mean/conv 1.weight", plain, slot by slot.
    std::vector<NamedTensor> save() const;
    /// Refuses what is not exactly these slots, naming the first that is missing or differs.
    Status load(const TensorSource& tensors);

  private:
    struct Slot {
        std::size_t tensor;
        Optimizer::SlotSpec spec;
        std::span<float> values;
        bool likeTensor() const { return spec.dims.empty(); }
    };
    std::string nameOf(const Slot& slot) const { return slot.spec.name + "/" + tensors_[slot.tensor].name; }
    const std::vector<std::int64_t>& dimsOf(const Slot& slot) const {
        return slot.likeTensor() ? tensors_[slot.tensor].dims : slot.spec.dims;
    }
    std::vector<ParameterTensor> tensors_;
    std::vector<std::vector<Slot>> slots_; ///< [index][…]
    std::vector<AlignedBuffer> memory_;    ///< [index]
    std::vector<bool> isBlock_;            ///< [index]
};

struct OptimizerSchema {
    static constexpr std::string_view kind = "optimizer", plural = "optimizers";
    std::string id;
    std::string name;
    std::string doc;
    std::string formula;
    double defaultLearningRate = 1e-3;
    bool fullBatch = false; ///< a step takes the gradient over the whole training split
    std::vector<ParamSpec> params;
    std::function<std::unique_ptr<Optimizer>(const ParamValues&)> make;
    std::string_view lacks() const { return make ? "" : "make"; }
};

Registry<OptimizerSchema>& optimizers();
const OptimizerSchema* findOptimizer(std::string_view id);

} // namespace burdock
