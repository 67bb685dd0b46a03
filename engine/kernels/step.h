#pragma once

#include "engine/kernels/layout.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace burdock {

class WeightCopy;

/// The memory a step works on; fixed for the life of a plan. A null gradient is not wanted.
struct StepBinding {
    std::vector<float*> inputs, inputGradients;
    float* output = nullptr;
    float* outputGradient = nullptr; ///< null where nobody reads that output, of a step with several
    std::vector<float*> moreOutputs, moreOutputGradients;
    std::vector<float*> weights; ///< as the parameter store keeps them
    /// Of each weight, those of Step::weightCopies; null where the store itself keeps it so.
    std::vector<std::vector<WeightCopy*>> weightCopies;
    std::vector<float*> weightGradients; ///< in the layouts of Step::weightLayout
    float* workspace = nullptr;          ///< kept from forward to backward
    float* scratch = nullptr;            ///< good during one call
};

/// One operation of a plan: made for one batch size, bound once, then run again and again without
/// allocating. Backward overwrites the gradients it is bound to.
class Step {
  public:
    virtual ~Step() = default;

    virtual Layout inputLayout(std::size_t port) const = 0; ///< in which it reads that input
    virtual Layout outputLayout() const = 0;                ///< of the first output; any others are plain
    /// In which it makes the gradient of that weight, and likes the weight itself kept; empty: plain.
    virtual Layout weightLayout(std::size_t /*index*/) const { return {}; }
    /// In which it reads that weight, if the store's own layout is not enough.
    virtual std::vector<Layout> weightCopies(std::size_t /*index*/) const { return {}; }
    /// The only reader of the first output wants it in that layout: true if the step writes it so from now
    /// on.
    virtual bool writeAs(const Layout& /*wanted*/) { return false; }
    /// Another step begins that weight's gradient: true if backward adds to what is there from now on.
    virtual bool addToWeightGradient(std::size_t /*index*/) { return false; }
    virtual std::int64_t workspaceFloats() const { return 0; }
    virtual std::int64_t scratchFloats() const { return 0; }
    /// The output is the input under another shape: both share memory and there is nothing to compute.
    virtual bool aliasesInput() const { return false; }
    /// It applies the ReLU that follows it as well.
    virtual bool includesRelu() const { return false; }
    /// Its backward also applies the slope of the ReLU that the input came from; only if
    /// LayerRequest::inputIsRelu said that there is one.
    virtual bool takesReluBackward() const { return false; }
    /// The only reader of the output takes the slope of the included ReLU upon itself.
    virtual void leaveReluBackward() {}

    // What backward reads; the plan gives the memory of everything else away earlier.
    virtual bool backwardReadsInput(std::size_t /*port*/) const { return true; }
    virtual bool backwardReadsOutput() const { return true; }
    /// Backward may be given the memory of the output's gradient for that input's gradient.
    virtual bool gradientInPlace(std::size_t /*port*/) const { return false; }

    /// What the backend calls the code that forward runs; empty where it has no name of its own.
    virtual std::string implementation() const { return {}; }

    virtual void bind(const StepBinding& binding) = 0;
    /// `seed` is that of this node in this training step.
    virtual void forward(std::uint64_t seed) = 0;
    /// The same forward once more, when its outputs have been given up meanwhile: nothing but outputs and
    /// workspace may change.
    virtual void forwardAgain(std::uint64_t seed) { forward(seed); }
    virtual void backward() = 0;
};

} // namespace burdock
