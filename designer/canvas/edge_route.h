#pragma once

#include "canvas/card_index.h"

#include <QPainterPath>
#include <QRectF>

namespace burdock {

/// The ends of an edge and the cards it leaves and enters, in scene coordinates.
struct EdgeEnds {
    QPointF from, to;
    QRectF source, target; ///< the cards; null where the end is the pointer
};

/// A smooth line from port to port. It goes around other cards that stand between the ends, and runs between
/// the rows when its target lies in a later row, further left.
QPainterPath routeEdge(const EdgeEnds& ends, const CardIndex& cards);

} // namespace burdock
