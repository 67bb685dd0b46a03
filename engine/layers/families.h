#pragma once

#include "engine/schema/layer_schema.h"

namespace burdock {

// One function a layer or family; each is defined in the file of its family.
LayerSchema inputLayer();
LayerSchema denseLayer();
std::vector<LayerSchema> activationLayers();

} // namespace burdock
