#pragma once

#include "engine/schema/layer_registry.h"
#include <string_view>
#include <vector>

namespace burdock {

/// How well a layer fits what was typed, by its name, id and keywords; zero: not at all. Every word typed
/// must fit. The start of a name beats the start of a word, that beats a keyword, and letters in order
/// ("cnv" for Convolution) come last. An empty query fits everything equally.
int layerMatch(const LayerSchema& layer, std::string_view query);

/// The layers that fit, best first; equals stay in the registry's order.
std::vector<const LayerSchema*> searchLayers(const LayerRegistry& registry, std::string_view query);

} // namespace burdock
