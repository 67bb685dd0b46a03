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
    add(inputLayer());
    add(denseLayer());
    for (LayerSchema& schema : activationLayers())
        add(std::move(schema));
}

} // namespace burdock
