#pragma once

#include "engine/graph/checked_network.h"
#include "engine/kernels/kernel_registry.h"
#include "engine/plan/parameter_store.h"
#include "engine/plan/precision.h"
#include "engine/tensor/tensor.h"

#include <functional>
#include <memory>
#include <optional>

namespace burdock {

class Plan;

struct PlanOptions {
    std::int64_t batch = 1;
    bool training = true; ///< false: forward only, running statistics, no dropout, far less memory
    bool fast = true;     ///< use the backends' kernels where a layer has one
    Precision precision = Precision::Single;
    /// Left out where it is what the network ends in, because the loss contains it.
    OutputFunction leaveOut = OutputFunction::None;
    /// Values are given up after forward where that saves memory, and computed again for backward: about a
    /// third more arithmetic, and the same gradients.
    bool recompute = false;
    bool measureOnly = false;    ///< nothing is allocated: memory() can be asked, and nothing be run
    bool tries = false;          ///< kernels that compete are tried all the same, see kernel_trials.h
    bool byRule = false;         ///< of those the rule's are taken, whatever trials have shown
    std::int64_t leastArena = 0; ///< bytes that the memory for values has at least, for others to share
    /// A plan that never runs at the same time: its memory for values is used where it is large enough.
    const Plan* sharesArenaOf = nullptr;
};

/// What a plan holds in memory, in bytes.
struct PlanMemory {
    std::int64_t weights = 0;
    std::int64_t copies = 0; ///< of weights in other layouts, for all plans of the store
    std::int64_t gradients = 0;
    std::int64_t arena = 0; ///< activations, their gradients and workspaces, with reuse
};

/// What runs a node in a plan.
struct NodeKernel {
    std::string node{};           ///< empty: a copy into another layout
    KernelUse use{};              ///< no backend: nothing to compute
    std::string includedIn{};     ///< the node whose kernel computes this one as well
    std::string implementation{}; ///< the backend's own name for its code
    std::string order{};          ///< of values in memory: "plain → blocked ×16"
    std::string precision{};      ///< "bf16", or of input and output "f32 → bf16"
};

/// Where a plan can be parted into a body, whose values are the same whenever the same samples come, as
/// nothing in it learns or is drawn by chance and some of it is frozen, and a head; one value crosses.
struct FrozenCut {
    std::size_t steps = 0;   ///< of the body
    std::size_t value = 0;   ///< the one that crosses
    std::string node{};      ///< whose output that is
    std::int64_t floats = 0; ///< of a sample's features: its part of that value
    bool bfloat16 = false;   ///< the features are numbers of bfloat16
};

/// A checked network made ready to run at one batch size: steps in order, memory placed, formats chosen.
/// Nothing is allocated by forward() and backward().
class Plan {
  public:
    /// With `store` (of another plan of the same network) the weights are shared; otherwise the plan makes
    /// its own, all zero until initialised or loaded. Refuses the store of another network.
    static Result<std::unique_ptr<Plan>> make(const CheckedNetwork& network, const PlanOptions& options,
                                              std::shared_ptr<ParameterStore> store = nullptr);
    ~Plan();

    std::int64_t batch() const;
    const std::shared_ptr<ParameterStore>& store() const;
    PlanMemory memory() const;

    Tensor<float> input() const; ///< to be filled before forward()
    /// The inputs of so many samples, which may be fewer than the batch: the rest of it becomes the last one
    /// over and over, so that what it is cannot be taken for a fault of the network.
    void fillInput(const float* inputs, std::int64_t samples);
    Tensor<float> output() const;         ///< after forward(); plain
    Tensor<float> outputGradient() const; ///< to be filled before backward(); empty unless training
    bool mixed() const;                   ///< whether values are kept in bfloat16 where steps can
    bool recomputes() const;              ///< whether backward computes values again

    /// `seed` is that of the training step; each node derives its own from it.
    void forward(std::uint64_t seed = 0);
    /// Fills the store's gradients.
    void backward();
    /// forward() with a look at every value: tells the first node with an input or output that is not finite,
    /// if there is one. The last output alone does not tell, for a ReLU that is part of another kernel makes
    /// 0 of what is not a number.
    std::optional<std::string> watchedForward(std::uint64_t seed = 0);

    /// Where the plan can be parted, the latest first; at none where a backward pass goes into the body.
    const std::vector<FrozenCut>& frozenCuts() const;
    /// Parts it there. Not while only measured.
    void partAt(const FrozenCut& cut);
    /// Of a parted plan: batch × floats, one sample after the other, in single precision. Filled by
    /// forwardBody(), or before forwardHead() with what that gave for the same samples.
    std::span<float> features() const;
    /// forwardBody(), then forwardHead(): what forward() does, with the same values.
    void forwardBody(std::uint64_t seed = 0);
    void forwardHead(std::uint64_t seed = 0);
    std::optional<std::string> watchedBody(std::uint64_t seed = 0); ///< as watchedForward()
    std::optional<std::string> watchedHead(std::uint64_t seed = 0);

    /// forward() that shows the output of each node as soon as it is computed, before later ones take its
    /// memory: that of the first port. Left out are the Input, nodes that another one's kernel computes, and
    /// what is not kept plain; with `fast` off, none of these but the Input.
    using Probe = std::function<void(const std::string& node, const Tensor<float>& output)>;
    void probedForward(const Probe& probe, std::uint64_t seed = 0);

    /// Of each node in the order of the steps, and of each copy between two of them into another layout.
    std::vector<NodeKernel> kernels() const;

  private:
    struct Impl;
    explicit Plan(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
