#pragma once

#include "engine/graph/check_graph.h"
#include "program.h"

namespace burdock::cli {

/// Prints one node of the graph, at a path such as "stage 2/unit 3/conv 1": type, hyperparameters, shapes,
/// weights. Refuses a path that leads nowhere.
Result<int> describeLayer(const Graph& graph, const GraphReport& report, const std::string& path,
                          const Program& program);

} // namespace burdock::cli
