#pragma once

#include "engine/graph/checked_network.h"
#include "engine/kernels/layer_request.h"
#include "engine/plan/parameter_store.h"
#include "engine/tensor/aligned_buffer.h"

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace burdock {

/// Memory that several steps for the same request use in turn: of each buffer as much as the largest wants.
class TrialMemory {
  public:
    enum class Kind {
        Source, ///< of an input, as it comes
        SourceGradient,
        Input, ///< as the step reads it
        InputGradient,
        Output, ///< as the step makes it
        OutputGradient,
        Handed, ///< of the first output, as it goes on
        HandedGradient,
        Workspace,
        Scratch
    };

    /// Before allocate(). `place`: of an input or output.
    void want(Kind kind, std::size_t place, std::int64_t floats);
    std::int64_t floats() const;
    /// Filled with values of chance between -1 and 1, be they read in single precision or as bfloat16.
    void allocate();
    float* at(Kind kind, std::size_t place = 0) const { return buffers_.at({kind, place}).data(); }

  private:
    std::map<std::pair<Kind, std::size_t>, std::int64_t> wanted_;
    std::map<std::pair<Kind, std::size_t>, AlignedBuffer> buffers_;
};

/// A step with all that it needs to run alone.
class TrialStep {
  public:
    /// Says to `memory` what it wants there. `handed`: the layout in which the first output goes on.
    TrialStep(Step& step, const CheckedLayer& layer, const LayerRequest& request, const Layout& handed,
              TrialMemory& memory);
    std::int64_t weightFloats() const; ///< of weights, their gradients and copies, which are its own
    void bind(const TrialMemory& memory);
    /// Forward, and in training backward, with the copies between the layouts that it works on and the
    /// others.
    void run();

  private:
    void wantOutputs(TrialMemory& memory) const;
    void bindInput(std::size_t place, const TrialMemory& memory);

    Step& step_;
    const LayerRequest& request_;
    bool learns_; ///< there is something for backward to do
    ParameterStore store_;
    StepBinding binding_;
    std::vector<std::unique_ptr<Step>> copies_; ///< of each input; none where it is read as it comes
    std::unique_ptr<Step> handing_;             ///< the copy of the first output, if there is one
};

} // namespace burdock
