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

/// The three stretches of an edge that leaves to the right, runs along a lane and enters from the left.
struct Course {
    double out, lane, in;
};

/// Moves the stretches off those of other edges, as far as no card comes in the way.
Course keptApart(Course course, const EdgeEnds& e, const Lane& lane, const CardIndex& cards,
                 EdgeLanes& lanes) {
    constexpr int most = 4; // more would not fit between two rows
    const double step = EdgeLanes::apart + 1;
    const auto freeOf = [&](const QRectF& strip) { return cards.within(strip, e.source, e.target).empty(); };
    // Where it leaves and enters: outwards, within the gap between two cards.
    const auto upright = [&](double x, double towards, double end) {
        const auto [low, high] = std::minmax(end, course.lane);
        for (int i = 0; i <= 2; ++i)
            if (const double at = x + i * step * towards;
                !lanes.isTaken(Qt::Vertical, at, low, high) &&
                (i == 0 || freeOf(QRectF(QPointF(at - 1, low), QPointF(at + 1, high)))))
                return at;
        return x;
    };
    course.out = upright(course.out, 1, e.from.y());
    course.in = upright(course.in, -1, e.to.y());
    const auto [low, high] = std::minmax(course.out, course.in);
    for (int i = 0; i <= 2 * most; ++i) {
        const double y = course.lane + (i % 2 == 1 ? (i + 1) / 2 : -i / 2) * step;
        const bool liked = i == 0 || (y > lane.top && y < lane.bottom);
        if (!liked || lanes.isTaken(Qt::Horizontal, y, low, high)) continue;
        if (i > 0 && !freeOf(QRectF(QPointF(low, y - 3), QPointF(high, y + 3)))) continue;
        course.lane = y;
        break;
    }
    const auto takeUpright = [&](double x, double end) {
        const auto [from, to] = std::minmax(end, course.lane);
        lanes.take(Qt::Vertical, x, from, to);
    };
    takeUpright(course.out, e.from.y());
    takeUpright(course.in, e.to.y());
    lanes.take(Qt::Horizontal, course.lane, low, high);
    return course;
}

QPainterPath along(const Course& c, const EdgeEnds& e) {
    return rounded({e.from, {c.out, e.from.y()}, {c.out, c.lane}, {c.in, c.lane}, {c.in, e.to.y()}, e.to});
}

/// Between the rows when the target lies in another row; else underneath both cards.
QPainterPath turnBack(const EdgeEnds& e, const CardIndex& cards, EdgeLanes* lanes) {
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
    const Lane lane{left, right, y, top, bottom};
    Course course{right, freeHeight(lane, e, cards), left};
    if (lanes) course = keptApart(course, e, lane, cards, *lanes);
    return along(course, e);
}

} // namespace

std::int64_t EdgeLanes::bucketOf(double at) {
    constexpr double farthest = 1e12; // a file may say so
    return static_cast<std::int64_t>(std::floor(std::clamp(at, -farthest, farthest) / apart));
}

bool EdgeLanes::isTaken(Qt::Orientation way, double at, double low, double high) const {
    const auto& lanes = way == Qt::Horizontal ? horizontal_ : vertical_;
    const std::int64_t bucket = bucketOf(at);
    for (std::int64_t near = bucket - 1; near <= bucket + 1; ++near)
        if (const auto found = lanes.find(near); found != lanes.end())
            for (const Stretch& one : found->second)
                if (std::abs(one.at - at) < apart && one.low < high && low < one.high) return true;
    return false;
}

void EdgeLanes::take(Qt::Orientation way, double at, double low, double high) {
    (way == Qt::Horizontal ? horizontal_ : vertical_)[bucketOf(at)].push_back({at, low, high});
}

QPainterPath routeEdge(const EdgeEnds& e, const CardIndex& cards, EdgeLanes* lanes) {
    if (e.to.x() < e.from.x() + 12) return turnBack(e, cards, lanes);
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
    const Lane lane{out, in, wanted};
    Course course{out, freeHeight(lane, e, cards), in};
    if (lanes) course = keptApart(course, e, lane, cards, *lanes);
    return along(course, e);
}

} // namespace burdock
