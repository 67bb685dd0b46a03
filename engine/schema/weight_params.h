#pragma once

#include "engine/schema/layer_schema.h"

namespace burdock {

/// The hyperparameters that all layers with decaying weights share: `initializer`, `initial_value`, `l1`,
/// `l2`, `max_norm`. They concern those weights alone, not biases and scales.
const std::vector<ParamSpec>& weightParamSpecs();
/// `specs` with what `values` say of those hyperparameters.
std::vector<WeightSpec> withWeightParams(std::vector<WeightSpec> specs, const ParamValues& values);
/// Appends weightParamSpecs() to a schema one of whose samples has a decaying weight.
void addWeightParams(LayerSchema& schema);

} // namespace burdock
