#pragma once

#include "engine/graph/graph.h"
#include "engine/schema/layer_registry.h"

namespace burdock {

/// How a node can be connected, whatever it is connected to now.
struct NodePorts {
    int fewestInputs = 0, mostInputs = -1;  ///< -1: any number
    int outputs = 1;                        ///< at least 1
    std::vector<std::string> outputNames{}; ///< of a node with several
};

/// A layer's by its schema, a block's by the Inputs and the ends of its body. A layer whose plugin is missing
/// takes what it is given: nobody can tell how much that is.
NodePorts portsOf(const Node& node, const LayerRegistry& registry = layerRegistry());

} // namespace burdock
