#pragma once

#include "engine/kernels/step.h"
#include "engine/tensor/shape.h"

#include <vector>

namespace burdock {

/// What a layer is asked to be made for when a plan chooses its implementation.
struct LayerRequest {
    std::int64_t batch = 1;
    bool training = false;
    /// Weights and statistics do not move: no gradients of weights are wanted, and statistics are those of
    /// use.
    bool frozen = false;
    bool mixed = false; ///< values and copies of weights may be kept in bfloat16
    std::vector<Shape> inputs;
    Shape output;
    std::vector<Shape> moreOutputs;   ///< of a layer with several outputs, those after the first
    std::vector<Layout> inputLayouts; ///< as the values arrive; cheapest when kept
    std::vector<bool> inputGradients; ///< which inputs' gradients are wanted
    /// The input is the output of a ReLU that an earlier step includes, and nobody else reads it.
    bool inputIsRelu = false;
    bool reluFollows = false; ///< a ReLU is the only reader of the output and may be included

    friend bool operator==(const LayerRequest&, const LayerRequest&) = default;
};

} // namespace burdock
