#pragma once

#include "engine/kernels/layer_request.h"
#include "engine/layers/window.h"

#include <memory>

namespace burdock::fast {

/// Max pooling of 2×2 windows side by side, as most networks have it: several times as fast as oneDNN's,
/// which is made for windows of any kind. Null for other windows and formats.
std::unique_ptr<Step> maxPoolOfFour(const LayerRequest& request, const Window& window);

} // namespace burdock::fast
