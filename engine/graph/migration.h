#pragma once

#include "engine/graph/graph.h"

#include <unordered_map>

namespace burdock {

/// What a block's body does with a sequence that flows in.
struct SequenceFlow {
    bool isReadPerPosition = false; ///< a layer in it works on the positions
    bool keepsAxes = false;         ///< what flows out is a sequence as well
    bool makesSequences = false;    ///< something in it may give one, whatever flows in
};
using SequenceFlows = std::unordered_map<const Graph*, SequenceFlow>; ///< by the body

/// Brings the parameters of nodes that an older program wrote to the meaning that they have now: see
/// LayerSchema::migrate. `bodies` tells of those of its blocks, and the answer of the graph as a body.
/// Nodes must be of no newer version than their schemas. Takes time in the size of the graph.
SequenceFlow migrate(Graph& graph, bool isBody, const SequenceFlows& bodies);

/// The version of its layer that wrote the node's parameters.
int writtenVersion(const Node& node);

} // namespace burdock
