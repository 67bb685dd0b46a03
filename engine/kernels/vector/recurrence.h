#pragma once

#include "engine/kernels/onednn/support.h"
#include "engine/layers/operations.h"

#include <cstdint>
#include <memory>

namespace burdock::fast {

/// What a recurrent layer does from position to position, between the projection of its whole input and the
/// gradients of its weights, which are one product each over all positions. A thread takes its share of the
/// batch through all positions, so that nobody waits in between. Only where a few samples meet many weights
/// do threads share the units, and wait for each other at each position.
///
/// Of T positions, H units and G gates, in a batch of B. Values between layers, and those that products are
/// computed of, are in bfloat16 if the request is mixed; states and cells are carried in single precision.
/// The bits are the same on any number of threads.
class Recurrence {
  public:
    /// Null where the processor cannot do what the request asks for.
    static std::unique_ptr<Recurrence> make(const operation::Recurrent& layer, const LayerRequest& r);
    virtual ~Recurrence() = default;

    /// Tables have a row for each position of each sample (B·T). `V` is float, or bfloat16 if mixed.
    struct Binding {
        /// (B·T × G·H), training, for the gates; unless it projects, the input's projection before.
        float* gates = nullptr;
        const void* input = nullptr;         ///< V: (B·T × D), if it projects
        const float* inputBias = nullptr;    ///< as stateBias, if it projects
        const float* inputWeights = nullptr; ///< as inputPacking() has them
        const float* stateBias = nullptr;    ///< (G·H), or null
        const float* weights = nullptr;      ///< as forwardPacking() has them
        void* output = nullptr;              ///< V: (B·T × H), or of the last position (B × H)
        float* last = nullptr;               ///< (B × H), or null
        void* statesBefore = nullptr;        ///< V: (B·T × H) that each position begins with; null in use
        float* kept = nullptr; ///< (B·T × H): cells, or what a GRU's new gate gets of the state
        const float* backwardWeights = nullptr; ///< as backwardPacking() has them
        const void* outputGradient = nullptr;   ///< V: as the output, or null
        const float* lastGradient = nullptr;    ///< as `last`, or null
        void* gradient = nullptr;               ///< V: (B·T × G·H) of the projection
        void* stateGradient = nullptr; ///< V: the same of what the gates get of the state, if a GRU's
        float* scratch = nullptr;
    };
    /// Whether it projects the input as well. Of few samples that is better done for all positions at once.
    virtual bool projects() const = 0;
    virtual Packing inputPacking() const = 0;
    virtual Packing forwardPacking() const = 0;
    virtual Packing backwardPacking() const = 0;
    virtual std::int64_t scratchFloats() const = 0;
    virtual void forward(const Binding& b) const = 0;
    virtual void backward(const Binding& b) const = 0;
};

/// What Recurrence is made for.
struct RecurrenceShape {
    operation::Recurrent::Cell cell;
    std::int64_t batch, positions, features, units;
    bool wholeSequence, training;
    int threads; ///< at most
};

} // namespace burdock::fast
