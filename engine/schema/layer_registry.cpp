#include "engine/schema/layer_registry.h"

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

} // namespace burdock
