#pragma once

namespace burdock {

class LayerRegistry;

/// The one list of the layers that come with the engine.
void registerBuiltinLayers(LayerRegistry& registry);

} // namespace burdock
