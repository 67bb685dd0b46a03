#include "canvas/keyboard_walk.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace burdock {
namespace {

std::vector<NodeId> readingOrder(const Graph& graph) {
    std::vector<NodeId> order = topologicalOrder(graph);
    const std::set<NodeId> placed(order.begin(), order.end());
    for (const Node& node : graph.nodes()) // cycles come last
        if (!placed.contains(node.id)) order.push_back(node.id);
    return order;
}

/// Of several branches, the one that goes straight on.
NodeId nearestInHeight(const Graph& graph, const Node& from, const std::vector<NodeId>& candidates) {
    NodeId best;
    double nearest = std::numeric_limits<double>::max();
    for (const NodeId id : candidates) {
        const double distance = std::abs(graph.find(id)->position.y - from.position.y);
        if (distance < nearest) {
            nearest = distance;
            best = id;
        }
    }
    return best;
}

} // namespace

NodeId walkTo(const Graph& graph, NodeId from, Walk direction) {
    const Node* at = graph.find(from);
    if (!at) {
        const auto order = readingOrder(graph);
        return order.empty() ? NodeId{} : order.front();
    }
    if (direction == Walk::Forward || direction == Walk::Back) {
        std::vector<NodeId> ends;
        for (const Edge& e : direction == Walk::Forward ? graph.outputsOf(from) : graph.inputsOf(from))
            ends.push_back(direction == Walk::Forward ? e.to : e.from);
        const NodeId next = nearestInHeight(graph, *at, ends);
        return next ? next : from;
    }
    NodeId best = from;
    double nearest = std::numeric_limits<double>::max();
    for (const Node& node : graph.nodes()) {
        const double dy = (node.position.y - at->position.y) * (direction == Walk::Down ? 1 : -1);
        if (node.id == from || dy < 8) continue;
        const double distance = dy + 2 * std::abs(node.position.x - at->position.x);
        if (distance < nearest) {
            nearest = distance;
            best = node.id;
        }
    }
    return best;
}

NodeId stepInOrder(const Graph& graph, NodeId from, bool forward) {
    const auto order = readingOrder(graph);
    if (order.empty()) return {};
    const auto at = std::find(order.begin(), order.end(), from);
    if (at == order.end()) return forward ? order.front() : order.back();
    if (forward) return at + 1 == order.end() ? NodeId{} : *(at + 1);
    return at == order.begin() ? NodeId{} : *(at - 1);
}

} // namespace burdock
