#pragma once

#include "engine/layers/window.h"

#include <cstdint>

namespace burdock::fast {

/// A vector of channels of one sample, each with a kernel of its own. With L for the floats of a vector,
/// values lie as (height, width, L), weights and their gradient as (kernel height, kernel width, L), in
/// single precision; the bias and its gradient as (L).
template <class V>
struct DepthwiseMaps {
    const V* x;
    V* y;
    const float *weights, *bias; ///< the bias may be null
    bool relu;                   ///< max(0, y)
};

/// For vectors of `lanes` channels.
template <class V>
struct DepthwiseCode {
    std::int64_t lanes = 0;
    void (*forward)(const Window&, const DepthwiseMaps<V>&) = nullptr;
    void (*backwardData)(const Window&, const V* dy, const float* weights, V* dx, float* scratch) = nullptr;
    /// Of one sample alone.
    void (*backwardWeights)(const Window&, const V* x, const V* dy, float* dw, float* dBias) = nullptr;
};

} // namespace burdock::fast
