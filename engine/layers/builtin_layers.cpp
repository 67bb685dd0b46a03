#include "engine/layers/builtin_layers.h"

#include "engine/layers/families.h"
#include "engine/schema/layer_registry.h"

#include <cassert>

namespace burdock {

void registerBuiltinLayers(LayerRegistry& registry) {
    const auto add = [&](LayerSchema schema) {
        [[maybe_unused]] const Status status = registry.add(std::move(schema));
        assert(status && "a built-in layer's description is wrong");
    };
    const auto addAll = [&](std::vector<LayerSchema> schemas) {
        for (LayerSchema& schema : schemas)
            add(std::move(schema));
    };
    add(inputLayer());
    add(denseLayer());
    add(convLayer());
    addAll(poolLayers());
    addAll(activationLayers());
    add(batchNormLayer());
    add(dropoutLayer());
    addAll(mergeLayers());
    add(flattenLayer());
}

} // namespace burdock
