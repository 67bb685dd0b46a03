#pragma once

#include "engine/kernels/layer_request.h"
#include "engine/layers/window.h"

#include <memory>

namespace burdock::fast {

/// A convolution by Winograd's algorithm; null where it does not fit or pay.
std::unique_ptr<Step> winogradConvolution(const LayerRequest& request, std::int64_t filters, bool bias,
                                          const Window& window);

} // namespace burdock::fast
