#pragma once

#include "engine/schema/layer_registry.h"

namespace burdock {

/// Adds the layers that come with the engine.
void registerBuiltinLayers(LayerRegistry& registry);

} // namespace burdock
