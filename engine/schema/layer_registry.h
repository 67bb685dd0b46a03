#pragma once

#include "engine/schema/layer_schema.h"
#include "engine/schema/registry.h"

namespace burdock {

/// Layers in the order of the palette.
using LayerRegistry = Registry<LayerSchema>;

/// All layers of the program: the built-in ones, in the order of layers/families.h, once the engine is loaded
/// (see builtin.cpp), then those of plugins, which are added at start, before any thread is running.
LayerRegistry& layerRegistry();

/// The first layer that computes this function; null if there is none.
const LayerSchema* layerOf(OutputFunction function);
/// Inserts, before that input, the first layer that makes `to` of `from`; none if there is no such layer.
std::optional<Fix> insertMaking(std::string label, const Shape& from, const Shape& to, int port = 0);
/// The layer where samples enter.
const LayerSchema& inputLayerSchema();
/// Whether it is the type of a layer where samples enter.
bool isInput(std::string_view type);

} // namespace burdock
