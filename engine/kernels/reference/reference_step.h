#pragma once

#include "engine/kernels/layer_request.h"
#include "engine/schema/layer_schema.h"

namespace burdock {

/// Runs a layer's Armadillo kernel as a step of a plan; everything is plain.
std::unique_ptr<Step> makeReferenceStep(const LayerSchema& schema, const ParamValues& params,
                                        const LayerRequest& request);

/// Copies a value into another layout, and its gradient back; between the same, or two plain ones, there is
/// nothing to compute.
std::unique_ptr<Step> makeReorderStep(const Layout& from, const Layout& to);

} // namespace burdock
