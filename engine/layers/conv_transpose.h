#pragma once

#include "engine/layers/window.h"

namespace burdock {

struct ConvTransposeParams {
    std::int64_t filters = 32;
    IntPair kernel{2, 2};
    IntPair stride{2, 2};
    Padding padding = Padding::Same;
    IntPair pad{0, 0};           ///< only with Padding::Explicit
    IntPair outputPadding{0, 0}; ///< only with Padding::Explicit
    bool bias = true;
};

/// The window that slides over the output and whose places are the input: that of the convolution which
/// this layer turns round. "Same" makes the output input · stride, "valid" (input - 1) · stride + kernel,
/// "explicit" takes 2 · pad off that and adds the output padding at the bottom and right.
Window transposedWindow(const ConvTransposeParams& params, const Shape& input);

} // namespace burdock
