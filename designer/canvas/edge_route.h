#pragma once

#include "canvas/card_index.h"

#include <QPainterPath>
#include <QRectF>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace burdock {

/// The ends of an edge and the cards it leaves and enters, in scene coordinates.
struct EdgeEnds {
    QPointF from, to;
    QRectF source, target; ///< the cards; null where the end is the pointer
};

/// The straight stretches of the edges that were routed so far: the next ones keep apart from them.
class EdgeLanes {
  public:
    static constexpr double apart = 7; ///< pixels at zoom 1

    /// Whether the stretch from `low` to `high` at that height (or, of a vertical one, that x) would lie on
    /// one that is there.
    bool isTaken(Qt::Orientation way, double at, double low, double high) const;
    void take(Qt::Orientation way, double at, double low, double high);

  private:
    struct Stretch {
        double at, low, high;
    };
    static std::int64_t bucketOf(double at);

    std::unordered_map<std::int64_t, std::vector<Stretch>> horizontal_, vertical_;
};

/// A smooth line from port to port. It goes around other cards that stand between the ends, and runs between
/// the rows when its target lies in a later row, further left. With `lanes` it keeps apart from those that
/// were routed before, where there is room, and is one of them from then on.
QPainterPath routeEdge(const EdgeEnds& ends, const CardIndex& cards, EdgeLanes* lanes = nullptr);

} // namespace burdock
