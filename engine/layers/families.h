#pragma once

#include "engine/schema/layer_schema.h"

namespace burdock {

// One function a layer or family; each is defined in the file of its family.
LayerSchema inputLayer();
LayerSchema denseLayer();
LayerSchema convLayer();
std::vector<LayerSchema> poolLayers();
std::vector<LayerSchema> activationLayers();
LayerSchema batchNormLayer();
LayerSchema dropoutLayer();
std::vector<LayerSchema> mergeLayers();
LayerSchema flattenLayer();

} // namespace burdock
