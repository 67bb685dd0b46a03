#pragma once

#include "engine/layers/window.h"

namespace burdock {

struct ConvParams {
    std::int64_t filters = 32;
    IntPair kernel{3, 3};
    IntPair stride{1, 1};
    Padding padding = Padding::Same;
    IntPair pad{1, 1}; ///< only with Padding::Explicit
    IntPair dilation{1, 1};
    bool bias = true;
    std::int64_t groups = 1; ///< as many as channels: depthwise
};

inline Window convWindow(const ConvParams& p, const Shape& input) {
    return resolveWindow(input, p.kernel, p.stride, p.dilation, p.padding, p.pad);
}

} // namespace burdock
