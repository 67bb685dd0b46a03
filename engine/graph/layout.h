#pragma once

#include "engine/graph/graph.h"

#include <functional>

namespace burdock {

/// The size of a node's card, in pixels.
struct CardSize {
    double width = 0;
    double height = 0;
};

/// Moves the nodes into layers from left to right (longest path), parallel branches one below another with
/// few crossings; a long chain folds into rows no wider than `rowWidth` that all read from left to right.
/// Rows rather end after a pooling, and not within a branch. Nodes without edges form a last row.
void layOut(Graph& graph, const std::function<CardSize(const Node&)>& sizeOf, double rowWidth);

/// The graph without the places of its cards, those within blocks as well: two that differ in these alone are
/// the same network.
Graph unplaced(Graph graph);
/// Without names too: two that differ in these alone compute the same.
Graph unnamed(Graph graph);

} // namespace burdock
