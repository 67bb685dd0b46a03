#pragma once

#include "engine/schema/layer_schema.h"

#include <cstdint>
#include <vector>

namespace burdock {

/// The first values of a weight, row-major; a function of its spec and `key` alone.
std::vector<float> initialValues(const WeightSpec& spec, std::uint64_t key);

} // namespace burdock
