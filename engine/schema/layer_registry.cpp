#include "engine/schema/layer_registry.h"

#include <algorithm>

namespace burdock {

LayerRegistry& layerRegistry() {
    static LayerRegistry registry;
    return registry;
}

const LayerSchema* layerOf(OutputFunction function) {
    for (const LayerSchema& schema : layerRegistry())
        if (function != OutputFunction::None && schema.outputFunction == function) return &schema;
    return nullptr;
}

const LayerSchema& inputLayerSchema() {
    return *std::find_if(layerRegistry().begin(), layerRegistry().end(),
                         [](const LayerSchema& schema) { return schema.isInput; });
}

bool isInput(std::string_view type) {
    const LayerSchema* const schema = layerRegistry().find(type);
    return schema && schema->isInput;
}

} // namespace burdock
