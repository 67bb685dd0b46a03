#pragma once

#include "engine/graph/graph.h"
#include "engine/schema/diagnostic.h"

#include <string>
#include <vector>

namespace burdock {

class GraphDocument;

// What the canvas and its menus do to a graph, apart from any widget.
// -------------------------------------------------------------------------------------------------

/// The lowest input port of `to` that is free and that its layer may use; -1 if there is none.
int freePort(const Graph& graph, NodeId to);
/// Whether values already flow from `to` to `from`, so that an edge back would close a cycle.
bool closesCycle(const Graph& graph, NodeId from, NodeId to);
/// Pushes what lies to the right of the node, in its row, out of its way, and what is covered by that.
void makeRoom(Graph& graph, NodeId node);

/// Puts a node that is there already between the two ends of `edge`, where it covers no card.
void putOnEdge(Graph& graph, NodeId node, const Edge& edge);
/// Adds a layer after `after`: it is fed by that node and feeds all that it fed. Returns the new node.
NodeId insertAfter(Graph& graph, const std::string& type, NodeId after);
/// Adds a layer in front of an input port. Returns the new node.
NodeId insertBefore(Graph& graph, const std::string& type, NodeId before, int port);

/// Applies a diagnostic's one-click mend to a graph. False if its node is no longer there.
bool applyFix(Graph& graph, const Fix& fix);
/// The offer to make the whole network suit the data: applied to a document it only asks for that.
Fix adaptationFix(std::string label);
/// The same as an undo step named after the fix; the node changed or added is selected. A fix of the training
/// settings is passed on by the document's settingWanted(), the offer of adaptationFix() by
/// adaptationWanted(); of the latter it gives false too.
bool applyFix(GraphDocument& document, const Fix& fix);

} // namespace burdock
