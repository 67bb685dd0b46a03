#pragma once

#include "engine/schema/layer_schema.h"

/// The one list of the layers that come with the engine, in the order of the palette: a line names the
/// function that describes a layer, or a family of layers, and is defined in the file of its family.
#define BURDOCK_LAYERS(LINE)                                                                                 \
    LINE(LayerSchema, inputLayer)                                                                            \
    LINE(LayerSchema, denseLayer)                                                                            \
    LINE(LayerSchema, mccullochPittsLayer)                                                                   \
    LINE(LayerSchema, convLayer)                                                                             \
    LINE(LayerSchema, convTransposeLayer)                                                                    \
    LINE(LayerSchema, conv1dLayer)                                                                           \
    LINE(std::vector<LayerSchema>, poolLayers)                                                               \
    LINE(std::vector<LayerSchema>, embeddingLayers)                                                          \
    LINE(std::vector<LayerSchema>, recurrentLayers)                                                          \
    LINE(LayerSchema, attentionLayer)                                                                        \
    LINE(std::vector<LayerSchema>, activationLayers)                                                         \
    LINE(std::vector<LayerSchema>, gatedLayers)                                                              \
    LINE(LayerSchema, preluLayer)                                                                            \
    LINE(LayerSchema, maxoutLayer)                                                                           \
    LINE(std::vector<LayerSchema>, thresholdLayers)                                                          \
    LINE(LayerSchema, softmaxLayer)                                                                          \
    LINE(LayerSchema, batchNormLayer)                                                                        \
    LINE(std::vector<LayerSchema>, normLayers)                                                               \
    LINE(std::vector<LayerSchema>, dropoutLayers)                                                            \
    LINE(std::vector<LayerSchema>, mergeLayers)                                                              \
    LINE(LayerSchema, splitLayer)                                                                            \
    LINE(std::vector<LayerSchema>, resizeLayers)                                                             \
    LINE(std::vector<LayerSchema>, reshapeLayers)                                                            \
    LINE(LayerSchema, flattenLayer)

namespace burdock {

#define BURDOCK_DECLARE(type, function) type function();
BURDOCK_LAYERS(BURDOCK_DECLARE)
#undef BURDOCK_DECLARE

} // namespace burdock
