#pragma once

#include "engine/graph/check_graph.h"

namespace burdock {

enum class Walk { Forward, Back, Up, Down };

/// The node that an arrow key leads to: along edges forward and back; up and down to the nearest card in that
/// direction. From no node to the network's beginning. `from` itself where nothing lies that way.
NodeId walkTo(const Graph& graph, NodeId from, Walk direction);
/// The next or previous node in the order in which values flow; none at the ends.
NodeId stepInOrder(const Graph& graph, NodeId from, bool forward);

} // namespace burdock
