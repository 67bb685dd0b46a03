#include "canvas/edge_route.h"

#include <QLineF>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace burdock {
namespace {

constexpr double stub = 20;      // how far an edge leaves a port before it turns
constexpr double clearance = 22; // between an edge and a card it passes

QPainterPath smooth(QPointF a, QPointF b) {
    const double reach = std::clamp(std::abs(b.x() - a.x()) * 0.5, 24.0, 180.0);
    QPainterPath path(a);
    path.cubicTo(a + QPointF(reach, 0), b - QPointF(reach, 0), b);
    return path;
}

/// Straight runs with quarter turns as wide as there is room for.
QPainterPath rounded(const std::vector<QPointF>& points) {
    constexpr double widest = 22;
    QPainterPath path(points.front());
    for (std::size_t i = 1; i + 1 < points.size(); ++i) {
        const QLineF in(points[i], points[i - 1]), out(points[i], points[i + 1]);
        const double r = std::min({widest, in.length() / 2, out.length() / 2});
        if (r < 0.5) {
            path.lineTo(points[i]);
            continue;
        }
        path.lineTo(in.pointAt(r / in.length()));
        path.quadTo(points[i], out.pointAt(r / out.length()));
    }
    path.lineTo(points.back());
    return path;
}

/// A stretch of a horizontal line, and where it had best lie.
struct Lane {
    double left, right;
    double wanted;
    double top = -std::numeric_limits<double>::max(), bottom = -top; ///< outside it is not liked
};

/// The free heights of the lane among those cards: the wanted one, or one just beside a card.
double bestHeight(const Lane& lane, const std::vector<QRectF>& cards) {
    // Heights that a card blocks, from top to bottom: then one walk finds what is free.
    std::vector<std::pair<double, double>> blocked;
    std::vector<double> heights{lane.wanted};
    for (const QRectF& card : cards) {
        if (card.left() < lane.right && card.right() > lane.left)
            blocked.emplace_back(card.top() - 8, card.bottom() + 8);
        heights.push_back(card.top() - clearance);
        heights.push_back(card.bottom() + clearance);
    }
    std::ranges::sort(blocked);
    std::ranges::sort(heights);
    double best = lane.wanted, least = std::numeric_limits<double>::max();
    double lowest = -std::numeric_limits<double>::max(); // end of what is blocked from above
    auto next = blocked.begin();
    for (const double y : heights) {
        for (; next != blocked.end() && next->first < y; ++next)
            lowest = std::max(lowest, next->second);
        if (y < lowest) continue;
        const double cost = std::abs(y - lane.wanted) + (y > lane.top && y < lane.bottom ? 0 : 1000);
        if (cost >= least) continue;
        least = cost;
        best = y;
    }
    return best;
}

/// The height at which the lane hits no card, as near to the wanted one as can be, and if possible between
/// `top` and `bottom`.
double freeHeight(const Lane& lane, const EdgeEnds& e, const CardIndex& cards) {
    // Most lanes are free close by; only where all is full are cards from further off asked.
    for (const double reach : {45.0, 180.0, 720.0, 2880.0}) {
        const QRectF area(QPointF(lane.left, lane.wanted - reach), QPointF(lane.right, lane.wanted + reach));
        const double best = bestHeight(lane, cards.within(area, e.source, e.target));
        const bool liked = best > lane.top && best < lane.bottom;
        if (liked && std::abs(best - lane.wanted) <= reach - clearance) return best;
    }
    const QRectF all(QPointF(lane.left, cards.bounds().top()), QPointF(lane.right, cards.bounds().bottom()));
    return bestHeight(lane, cards.within(all, e.source, e.target));
}

/// Between the rows when the target lies in another row; else underneath both cards.
QPainterPath turnBack(const EdgeEnds& e, const CardIndex& cards) {
    const QRectF source = e.source.isNull() ? QRectF(e.from, QSizeF(1, 1)) : e.source;
    const QRectF target = e.target.isNull() ? QRectF(e.to, QSizeF(1, 1)) : e.target;
    const double right = e.from.x() + stub, left = e.to.x() - stub;
    double y = std::max(source.bottom(), target.bottom()) + clearance + 6;
    double top = y - 1, bottom = std::numeric_limits<double>::max();
    if (target.top() > source.bottom() + 16) {
        y = target.top() - std::min(30.0, (target.top() - source.bottom()) / 2);
        top = source.bottom();
        bottom = target.top();
    } else if (target.bottom() < source.top() - 16) {
        y = target.bottom() + std::min(30.0, (source.top() - target.bottom()) / 2);
        top = target.bottom();
        bottom = source.top();
    }
    y = freeHeight({left, right, y, top, bottom}, e, cards);
    return rounded({e.from, {right, e.from.y()}, {right, y}, {left, y}, {left, e.to.y()}, e.to});
}

} // namespace

QPainterPath routeEdge(const EdgeEnds& e, const CardIndex& cards) {
    if (e.to.x() < e.from.x() + 12) return turnBack(e, cards);
    const QPainterPath direct = smooth(e.from, e.to);
    if (e.to.x() - e.from.x() < 2 * stub + 60) return direct;

    const QRectF room =
        QRectF(e.from, e.to).normalized().adjusted(4, -2, -4, 2); // that the direct way goes through
    const std::vector<QRectF> between = cards.within(room, e.source, e.target);
    const auto hits = [&](const QPainterPath& path) {
        for (int i = 1; i < 16; ++i) {
            const QPointF at = path.pointAtPercent(i / 16.0);
            for (const QRectF& card : between)
                if (card.adjusted(-2, -2, 2, 2).contains(at)) return true;
        }
        return false;
    };
    if (between.empty() || !hits(direct)) return direct;

    // Ends on one height: the lane passes over or under the cards between them, on the side of the port.
    // Otherwise it looks for a gap half way.
    const double out = e.from.x() + stub, in = e.to.x() - stub;
    const bool above = !e.target.isNull() && e.to.y() < e.target.center().y() - 1;
    double wanted = (e.from.y() + e.to.y()) / 2;
    if (std::abs(e.to.y() - e.from.y()) < 60) wanted += above ? -20 : 20;
    const double lane = freeHeight({out, in, wanted}, e, cards);
    return rounded({e.from, {out, e.from.y()}, {out, lane}, {in, lane}, {in, e.to.y()}, e.to});
}

} // namespace burdock
