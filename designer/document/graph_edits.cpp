#include "document/graph_edits.h"

#include "document/card_size.h"
#include "document/graph_document.h"
#include "engine/graph/apply_fix.h"
#include "engine/graph/node_paths.h"
#include "engine/graph/node_ports.h"
#include "engine/schema/layer_registry.h"

#include <algorithm>
#include <set>

namespace burdock {
namespace {

bool rowsOverlap(const Node& a, CardSize sizeA, const Node& b, CardSize sizeB) {
    return a.position.y < b.position.y + sizeB.height && b.position.y < a.position.y + sizeA.height;
}

} // namespace

int freePort(const Graph& graph, NodeId to) {
    const Node* node = graph.find(to);
    if (!node) return -1;
    const int port = graph.nextFreePort(to), most = portsOf(*node).mostInputs;
    return most < 0 || port < most ? port : -1;
}

bool closesCycle(const Graph& graph, NodeId from, NodeId to) {
    std::set<NodeId> seen{to};
    std::vector<NodeId> open{to};
    while (!open.empty()) {
        const NodeId at = open.back();
        open.pop_back();
        if (at == from) return true;
        for (const Edge& e : graph.outputsOf(at))
            if (seen.insert(e.to).second) open.push_back(e.to);
    }
    return false;
}

void makeRoom(Graph& graph, NodeId id) {
    const Node* node = graph.find(id);
    if (!node) return;
    const CardSize size = cardSize(graph, *node);
    const double wanted = node->position.x + size.width + cardGap;
    std::vector<NodeId> toTheRight;
    double nearest = wanted;
    for (const Node& other : graph.nodes()) {
        if (other.id == id || other.position.x + 1 < node->position.x) continue;
        if (!rowsOverlap(*node, size, other, cardSize(graph, other))) continue;
        toTheRight.push_back(other.id);
        nearest = std::min(nearest, other.position.x);
    }
    // Only what stands in the way is a reason to push; then the whole rest of the row keeps its spacing.
    if (nearest >= wanted) return;
    for (const NodeId right : toTheRight)
        graph.edit(right)->position.x += wanted - nearest;
}

void putOnEdge(Graph& graph, NodeId node, const Edge& edge) {
    if (!graph.connect(edge.from, node, std::max(0, freePort(graph, node)), edge.output)) return;
    graph.connect(node, edge.to, edge.port);
    makeRoom(graph, node);
}

NodeId insertAfter(Graph& graph, const std::string& type, NodeId after) {
    const Node* previous = graph.find(after);
    if (!previous) return graph.add(type);
    const Point at{previous->position.x + cardSize(graph, *previous).width + cardGap, previous->position.y};
    const std::vector<Edge> fed = graph.outputsOf(after);
    const NodeId added = graph.add(type, {}, at);
    const LayerSchema* schema = layerRegistry().find(type);
    if (!schema || schema->inputs.maximum != 0) {
        graph.connect(after, added);
        for (const Edge& e : fed)
            if (e.output == 0) graph.connect(added, e.to, e.port); // further outputs are not what it is given
    }
    makeRoom(graph, added);
    return added;
}

NodeId insertBefore(Graph& graph, const std::string& type, NodeId before, int port) {
    const Node* next = graph.find(before);
    if (!next) return {};
    const Edge* edge = graph.edgeAt(before, port);
    const Edge source = edge ? *edge : Edge{};
    // In the place of the node that it comes before, which makeRoom then pushes on.
    const NodeId added = graph.add(type, {}, next->position);
    if (source.from) graph.connect(source.from, added, 0, source.output);
    graph.connect(added, before, port);
    makeRoom(graph, added);
    return added;
}

bool applyFix(Graph& graph, const Fix& fix) {
    const bool before = fix.kind == Fix::Kind::InsertBefore;
    if (!before && fix.kind != Fix::Kind::AppendAfter) return applyInPlace(graph, fix);
    if (before && graph.nodes().empty()) {
        graph.edit(graph.add(fix.layer))->params = fix.layerParams;
        return true;
    }
    if (!nodeAt(graph, fix.node)) return false;
    return editBody(graph, fix.node.parent(), [&](Graph& around) {
        const NodeId id = fix.node.node();
        const NodeId added =
            before ? insertBefore(around, fix.layer, id, fix.port) : insertAfter(around, fix.layer, id);
        around.edit(added)->params = fix.layerParams;
    });
}

bool applyFix(GraphDocument& document, const Fix& fix) {
    if (fix.kind == Fix::Kind::SetSetting) {
        emit document.settingWanted(QString::fromStdString(fix.param), fix.value);
        return true;
    }
    const bool onPaper = fix.kind == Fix::Kind::InsertBefore && document.graph().nodes().empty();
    if (!onPaper && !nodeAt(document.graph(), fix.node)) return false;
    const NodePath block = fix.node.parent();
    QSet<NodeId> before;
    for (const Node& node : bodyAt(document.graph(), block)->nodes())
        before.insert(node.id);
    document.sealMerge();
    document.edit(QString::fromStdString(fix.label), [&](Graph& graph) { applyFix(graph, fix); });
    QSet<NodePath> chosen;
    for (const Node& node : bodyAt(document.graph(), block)->nodes())
        if (!before.contains(node.id)) chosen.insert(block / node.id);
    if (chosen.isEmpty() && nodeAt(document.graph(), fix.node)) chosen.insert(fix.node);
    document.selectPaths(std::move(chosen));
    return true;
}

} // namespace burdock
