#include "engine/plan/initial_values.h"

namespace burdock {

std::vector<float> initialValues(const WeightSpec& spec, std::uint64_t key) {
    std::vector<float> values(static_cast<std::size_t>(spec.size()));
    if (const InitializerSchema* initializer = initializers().find(spec.initializer))
        initializer->draw(spec, key, values);
    return values;
}

} // namespace burdock
