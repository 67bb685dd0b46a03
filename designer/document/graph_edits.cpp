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

struct Card {
    double left = 0, top = 0, right = 0, bottom = 0;
};

Card cardOf(const Graph& graph, const Node& node) {
    const CardSize size = cardSize(graph, node);
    return {node.position.x, node.position.y, node.position.x + size.width, node.position.y + size.height};
}

bool overlap(const Card& a, const Card& b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/// Moves on to the right whatever the cards that were moved have come to cover, and what that covers then.
void pushOn(Graph& graph, const std::vector<NodeId>& pushed, NodeId fixed) {
    std::vector<std::pair<NodeId, Card>> cards;
    for (const Node& node : graph.nodes())
        cards.emplace_back(node.id, cardOf(graph, node));
    std::vector<std::size_t> moved;
    for (std::size_t i = 0; i < cards.size(); ++i)
        if (std::ranges::find(pushed, cards[i].first) != pushed.end()) moved.push_back(i);
    std::set<std::size_t> changed;
    const std::size_t most = 16 * cards.size();
    for (std::size_t next = 0; next < moved.size() && next < most; ++next)
        for (std::size_t i = 0; i < cards.size(); ++i) {
            const Card pusher = cards[moved[next]].second;
            Card& card = cards[i].second;
            if (i == moved[next] || cards[i].first == fixed || !overlap(pusher, card)) continue;
            const double way = pusher.right + cardGap - card.left;
            card.left += way;
            card.right += way;
            changed.insert(i);
            moved.push_back(i);
        }
    for (const std::size_t i : changed)
        graph.edit(cards[i].first)->position.x = cards[i].second.left;
}

bool coversAny(const Graph& graph, NodeId id) {
    const Card card = cardOf(graph, *graph.find(id));
    return std::ranges::any_of(graph.nodes(), [&](const Node& other) {
        return other.id != id && overlap(card, cardOf(graph, other));
    });
}

/// A card that was let go on an edge, and covers others there, goes into the row of one of the edge's ends,
/// behind all that begins before it.
void findPlaceOn(Graph& graph, NodeId id, const Edge& edge) {
    const Node *from = graph.find(edge.from), *to = graph.find(edge.to);
    if (!from || !to || !coversAny(graph, id)) return;
    Node& node = *graph.edit(id);
    const Card source = cardOf(graph, *from);
    const bool onward = to->position.x >= source.right;
    const double y = node.position.y;
    const bool upper = std::abs(y - from->position.y) <= std::abs(y - to->position.y);
    node.position.y = !onward || upper ? from->position.y : to->position.y;
    node.position.x = onward ? std::max(node.position.x, source.right + cardGap) : source.right + cardGap;
    for (bool moved = true; moved;) {
        moved = false;
        const Card card = cardOf(graph, node);
        for (const Node& other : graph.nodes()) {
            const Card there = cardOf(graph, other);
            if (other.id == id || there.left > card.left || !overlap(card, there)) continue;
            node.position.x = there.right + cardGap;
            moved = true;
            break;
        }
    }
}

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
    pushOn(graph, toTheRight, id);
}

void putOnEdge(Graph& graph, NodeId node, const Edge& edge) {
    if (!graph.connect(edge.from, node, std::max(0, freePort(graph, node)), edge.output)) return;
    graph.connect(node, edge.to, edge.port);
    findPlaceOn(graph, node, edge);
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

Fix adaptationFix(std::string label) {
    Fix fix;
    fix.kind = Fix::Kind::Adapt;
    fix.label = std::move(label);
    return fix;
}

bool applyFix(GraphDocument& document, const Fix& fix) {
    if (fix.kind == Fix::Kind::Adapt) {
        emit document.adaptationWanted();
        return false;
    }
    if (fix.kind == Fix::Kind::SetSetting) {
        emit document.settingWanted(QString::fromStdString(fix.param), fix.value, fix.layerParams);
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
