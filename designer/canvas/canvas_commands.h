#pragma once

#include "engine/graph/graph.h"

#include <QPointF>
#include <QSet>
#include <QSizeF>
#include <QString>

#include <map>
#include <optional>

class QMimeData;

namespace burdock {

class GraphDocument;

// What the canvas does to the document, each an undo step with a name. None needs a widget.
// -------------------------------------------------------------------------------------------------

/// Where a new layer goes: to a place, and into the network if one of the others is given.
struct LayerPlace {
    QPointF at;  ///< centre of the card
    NodeId feed; ///< is to feed the new layer, by its output `output`
    int output = 0;
    NodeId target; ///< is to be fed by it, at `port`
    int port = 0;
    NodeId after;               ///< is to be followed by it; `at` does not matter then
    std::optional<Edge> onEdge; ///< into which it is to be put
};

/// Adds a layer, selects it and returns its id.
NodeId addLayer(GraphDocument& document, const std::string& type, const LayerPlace& place);
void moveNodes(GraphDocument& document, const std::map<NodeId, QPointF>& positions,
               const QString& mergeKey = {});
/// Moves a node and puts it between the ends of an edge, as one step.
void dropOnEdge(GraphDocument& document, NodeId node, QPointF position, const Edge& edge);
/// Joins two nodes; `replaced` is the edge that was picked up to do so, if one was.
void connectNodes(GraphDocument& document, const Edge& edge, const std::optional<Edge>& replaced = {});
void removeEdge(GraphDocument& document, const Edge& edge);
void deleteNodes(GraphDocument& document, const QSet<NodeId>& nodes, bool reconnect);
/// Bypasses the nodes, or none of them if all were bypassed.
void toggleBypass(GraphDocument& document, const QSet<NodeId>& nodes);
/// Freezes the nodes, or none of them if all were frozen.
void toggleFreeze(GraphDocument& document, const QSet<NodeId>& nodes);
/// Gives a node a new name; a taken one gets a number. Blank names are ignored.
void renameNode(GraphDocument& document, NodeId node, const QString& name);
/// Lays out the whole graph for a window of the given size, keeping the top left corner where it is.
void arrangeAll(GraphDocument& document, QSizeF window);

/// The nodes and the edges among them, for the clipboard. The caller owns it.
QMimeData* copyOf(const GraphDocument& document, const QSet<NodeId>& nodes);
bool canPaste(const QMimeData* data);
/// Adds what the clipboard holds around `center`, or beside its original if there is none, and selects it.
/// The number of nodes added; 0 if it holds no graph.
int paste(GraphDocument& document, const QMimeData* data, const std::optional<QPointF>& center);
int duplicate(GraphDocument& document, const QSet<NodeId>& nodes);

/// "conv2d 2" for one node, "3 layers" for more.
QString nodesText(const Graph& graph, const QSet<NodeId>& nodes);

} // namespace burdock
