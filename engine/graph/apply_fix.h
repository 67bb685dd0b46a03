#pragma once

#include "engine/graph/graph.h"
#include "engine/schema/diagnostic.h"

namespace burdock {

/// Applies a fix that adds no layer, which would need a place on the canvas. False, and nothing is done,
/// where its node is missing, where it adds one, or where it is of the settings.
bool applyInPlace(Graph& graph, const Fix& fix);

/// Inserts the layer of an InsertBefore fix on the edge that enters its node's port; what lies right of it
/// moves on. False, and nothing is done, for any other fix, and where there is no such edge.
bool applyReshaping(Graph& graph, const Fix& fix);

} // namespace burdock
