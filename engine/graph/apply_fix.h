#pragma once

#include "engine/graph/graph.h"
#include "engine/schema/diagnostic.h"

namespace burdock {

/// Applies a fix that adds no layer, which would need a place on the canvas. False, and nothing is done,
/// where its node is missing, where it adds one, or where it is of the settings.
bool applyInPlace(Graph& graph, const Fix& fix);

} // namespace burdock
