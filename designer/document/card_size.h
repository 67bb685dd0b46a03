#pragma once

#include "engine/graph/layout.h"

namespace burdock {

/// The gap that layouts and insertions leave between two cards in a row, in pixels at zoom 1.
inline constexpr double cardGap = 44;

/// The size of a node's card on the canvas; it grows with the number of inputs.
CardSize cardSize(const Graph& graph, const Node& node);

/// Lays the whole graph out in rows that fill a window of the given size best: cards are as large as can
/// be when all of them are shown.
void arrange(Graph& graph, CardSize window);

/// Whether the graph has never been laid out: nodes lie on the same spot.
bool needsArranging(const Graph& graph);

} // namespace burdock
