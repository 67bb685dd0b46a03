#pragma once

#include "engine/kernels/onednn/support.h"

namespace burdock::fast {

/// A dense layer whose output is in single precision even if the request is mixed; its gradient is not.
std::unique_ptr<Step> denseToSingle(const LayerRequest& request, std::int64_t units, bool bias);

} // namespace burdock::fast
