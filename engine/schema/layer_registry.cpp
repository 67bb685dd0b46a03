#include "engine/schema/layer_registry.h"

#include <algorithm>

namespace burdock {

Status LayerRegistry::add(LayerSchema schema) {
    Diagnostic d;
    d.code = "registry.schema";
    d.where = schema.id;
    if (schema.id.empty() || find(schema.id)) {
        d.what = schema.id.empty() ? "A layer has no id." : "A layer of this id is there already.";
        d.mend = "Give the layer an id of its own.";
        return refuse(std::move(d));
    }
    if (!schema.inferShape || !schema.weightSpecs || !schema.cost || !schema.makeKernel ||
        !schema.makeOracle) {
        d.what = "The layer's description is incomplete.";
        d.mend = "Give it inferShape, weightSpecs, cost, makeKernel and makeOracle.";
        return refuse(std::move(d));
    }
    schemas_.push_back(std::make_unique<LayerSchema>(std::move(schema)));
    return {};
}

const LayerSchema* LayerRegistry::find(std::string_view id) const {
    for (const auto& schema : schemas_)
        if (schema->id == id) return schema.get();
    return nullptr;
}

LayerRegistry& layerRegistry() {
    static LayerRegistry registry;
    return registry;
}

const LayerSchema* layerOf(OutputFunction function) {
    for (const auto& schema : layerRegistry().all())
        if (function != OutputFunction::None && schema->outputFunction == function) return schema.get();
    return nullptr;
}

const LayerSchema& inputLayerSchema() {
    const auto& all = layerRegistry().all();
    return **std::find_if(all.begin(), all.end(), [](const auto& schema) { return schema->isInput; });
}

bool isInput(std::string_view type) {
    const LayerSchema* const schema = layerRegistry().find(type);
    return schema && schema->isInput;
}

} // namespace burdock
