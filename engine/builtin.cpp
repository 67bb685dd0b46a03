// Fills the registries when the engine is loaded: below, nothing knows what stands in them.
#include "engine/layers/builtin_layers.h"
#include "engine/schema/layer_registry.h"

namespace burdock {
namespace {

[[maybe_unused]] const bool filled = [] {
    registerBuiltinLayers(layerRegistry());
    return true;
}();

} // namespace
} // namespace burdock
