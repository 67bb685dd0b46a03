#include "engine/layers/builtin_layers.h"

#include "engine/layers/families.h"

#include <cassert>

namespace burdock {
namespace {

void add(LayerRegistry& registry, LayerSchema schema) {
    [[maybe_unused]] const Status status = registry.add(std::move(schema));
    assert(status && "a built-in layer's description is wrong");
}

void add(LayerRegistry& registry, std::vector<LayerSchema> schemas) {
    for (LayerSchema& schema : schemas)
        add(registry, std::move(schema));
}

} // namespace

void registerBuiltinLayers(LayerRegistry& registry) {
#define BURDOCK_ADD(type, function) add(registry, function());
    BURDOCK_LAYERS(BURDOCK_ADD)
#undef BURDOCK_ADD
}

} // namespace burdock
