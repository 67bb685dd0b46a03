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

std::optional<Fix> insertMaking(std::string label, const Shape& from, const Shape& to, int port) {
    for (const LayerSchema& schema : layerRegistry())
        if (auto params = schema.makes ? schema.makes(from, to) : std::nullopt)
            return Fix{Fix::Kind::InsertBefore, std::move(label), {}, {}, {}, schema.id, port,
                       std::move(*params)};
    return std::nullopt;
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
