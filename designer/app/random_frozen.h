#pragma once

#include "engine/graph/check_graph.h"
#include "engine/graph/graph.h"

namespace burdock {

/// What is frozen stays as it begins: without a run's weights it stays random. A warning for each frozen
/// layer with weights; of a frozen block one, and none of what is within. Nothing where no layer learns.
std::vector<Diagnostic> randomFrozen(const Graph& graph, const GraphReport& report);

} // namespace burdock
