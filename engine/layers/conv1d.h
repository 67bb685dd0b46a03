#pragma once

#include "engine/layers/window.h"

namespace burdock {

/// What lies around a sequence. "Causal": as much before it as lets no output see a later input.
enum class SequencePadding { Same, Valid, Causal };

struct Conv1dParams {
    std::int64_t filters = 32;
    std::int64_t kernel = 3;
    std::int64_t stride = 1;
    SequencePadding padding = SequencePadding::Same;
    std::int64_t dilation = 1;
    bool bias = true;
};

/// The axis of the positions, which are the height of a sequence {1, T, D}.
WindowAxis sequenceAxis(const Conv1dParams& params, const Shape& input);

} // namespace burdock
