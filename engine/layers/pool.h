#pragma once

#include "engine/layers/window.h"

namespace burdock {

/// Of MaxPool2D and AvgPool2D.
struct PoolParams {
    IntPair kernel{2, 2};
    IntPair stride{2, 2};
    Padding padding = Padding::Valid;
    IntPair pad{0, 0}; ///< only with Padding::Explicit
};

inline Window poolWindow(const PoolParams& p, const Shape& input) {
    return resolveWindow(input, p.kernel, p.stride, {1, 1}, p.padding, p.pad);
}

/// GlobalAvgPool has nothing to set.
struct GlobalPoolParams {};

} // namespace burdock
