#include "canvas/edge_route.h"

#include <QLineF>

#include <algorithm>
#include <cmath>
#include <limits>

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

/// The height at which a line from `left` to `right` hits no card, as near to `wanted` as can be, and if
/// possible between `top` and `bottom`.
double freeHeight(double wanted, double top, double bottom, double left, double right,
                  const std::vector<QRectF>& obstacles) {
    std::vector<double> heights{wanted};
    for (const QRectF& card : obstacles) {
        heights.push_back(card.top() - clearance);
        heights.push_back(card.bottom() + clearance);
    }
    double best = wanted, least = std::numeric_limits<double>::max();
    for (const double y : heights) {
        const bool hits = std::any_of(obstacles.begin(), obstacles.end(), [&](const QRectF& card) {
            return card.left() < right && card.right() > left && card.top() - 8 < y && card.bottom() + 8 > y;
        });
        if (hits) continue;
        const double cost = std::abs(y - wanted) + (y > top && y < bottom ? 0 : 1000);
        if (cost >= least) continue;
        least = cost;
        best = y;
    }
    return best;
}

/// Between the rows when the target lies in another row; else underneath both cards.
QPainterPath turnBack(const EdgeEnds& e, const std::vector<QRectF>& obstacles) {
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
    y = freeHeight(y, top, bottom, left, right, obstacles);
    return rounded({e.from, {right, e.from.y()}, {right, y}, {left, y}, {left, e.to.y()}, e.to});
}

} // namespace

QPainterPath routeEdge(const EdgeEnds& e, const std::vector<QRectF>& obstacles) {
    if (e.to.x() < e.from.x() + 12) return turnBack(e, obstacles);
    const QPainterPath direct = smooth(e.from, e.to);
    if (e.to.x() - e.from.x() < 2 * stub + 60) return direct;

    std::vector<QRectF> between;
    for (const QRectF& card : obstacles)
        if (card.right() > e.from.x() + 4 && card.left() < e.to.x() - 4) between.push_back(card);
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
    constexpr double anywhere = std::numeric_limits<double>::max();
    const double lane = freeHeight(wanted, -anywhere, anywhere, out, in, between);
    return rounded({e.from, {out, e.from.y()}, {out, lane}, {in, lane}, {in, e.to.y()}, e.to});
}

} // namespace burdock
