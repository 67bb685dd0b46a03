#pragma once

#include <QLineF>
#include <QRectF>

#include <vector>

namespace burdock {

/// The grid that cards snap to, in scene units; the dots are drawn at every third line.
inline constexpr double gridStep = 8;
inline constexpr double dotStep = 24;

struct Snap {
    QPointF position;           ///< of the card's top left corner
    std::vector<QLineF> guides; ///< what it was aligned with, to be shown
};

/// Moves `card` by less than `tolerance` so that it lines up with a neighbour's edge or centre, or keeps the
/// usual gap to it; otherwise onto the grid.
Snap snapCard(const QRectF& card, const std::vector<QRectF>& others, double tolerance);

} // namespace burdock
