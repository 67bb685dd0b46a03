#pragma once

#include "engine/kernels/onednn/support.h"

namespace burdock::fast {

/// A dense layer. With `singleOutput` its output is in single precision even if the request is mixed; its
/// gradient is not.
KernelOffer offerDense(const LayerRequest& request, std::int64_t units, bool bias, bool singleOutput);
/// A request for a dense layer of so many units at each position of the sequence that `r` reads.
LayerRequest denseRequest(const LayerRequest& r, std::int64_t units);

} // namespace burdock::fast
