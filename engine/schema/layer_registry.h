#pragma once

#include "engine/schema/layer_schema.h"

namespace burdock {

/// All layers of the program, in the order of registration, which is the order of the palette.
class LayerRegistry {
  public:
    /// Refuses an id that is empty or already there, and a schema that lacks a function.
    Status add(LayerSchema schema);
    const LayerSchema* find(std::string_view id) const;
    /// Schemas never move: a pointer to one stays good as long as the registry.
    const std::vector<std::unique_ptr<LayerSchema>>& all() const { return schemas_; }

  private:
    std::vector<std::unique_ptr<LayerSchema>> schemas_;
};

/// The registry of the program. Every built-in layer is in it once the engine is loaded (see builtin.cpp).
/// Plugins add to it at start, before any thread is running.
LayerRegistry& layerRegistry();

/// The first layer that computes this function; null if there is none.
const LayerSchema* layerOf(OutputFunction function);
/// The layer where samples enter.
const LayerSchema& inputLayerSchema();
/// Whether it is the type of a layer where samples enter.
bool isInput(std::string_view type);

} // namespace burdock
