#pragma once

#include <QPainterPath>
#include <QRectF>

#include <vector>

namespace burdock {

/// The ends of an edge and the cards it leaves and enters, in scene coordinates.
struct EdgeEnds {
    QPointF from, to;
    QRectF source, target; ///< the cards; null where the end is the pointer
};

/// A smooth line from port to port. It goes around `obstacles` (other cards) that stand between the ends,
/// and runs between the rows when its target lies in a later row, further left.
QPainterPath routeEdge(const EdgeEnds& ends, const std::vector<QRectF>& obstacles);

} // namespace burdock
