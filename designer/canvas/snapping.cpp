#include "canvas/snapping.h"

#include "document/card_size.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

constexpr double neighbourhood = 900;

struct Candidate {
    double shift = 0;
    QLineF guide;
};

double onGrid(double value) {
    return std::round(value / gridStep) * gridStep;
}

/// Keeps the smaller shift.
void consider(Candidate& best, bool& found, double shift, double tolerance, const QLineF& guide) {
    if (std::abs(shift) > tolerance || (found && std::abs(shift) >= std::abs(best.shift))) return;
    best = {shift, guide};
    found = true;
}

} // namespace

Snap snapCard(const QRectF& card, const std::vector<QRectF>& others, double tolerance) {
    Candidate x, y;
    bool foundX = false, foundY = false;
    for (const QRectF& o : others) {
        if (!o.adjusted(-neighbourhood, -neighbourhood, neighbourhood, neighbourhood).intersects(card))
            continue;
        const double top = std::min(o.top(), card.top()), bottom = std::max(o.bottom(), card.bottom());
        const double left = std::min(o.left(), card.left()), right = std::max(o.right(), card.right());
        const auto vertical = [&](double at, double mine) {
            consider(x, foundX, at - mine, tolerance, {at, top - 10, at, bottom + 10});
        };
        const auto horizontal = [&](double at, double mine) {
            consider(y, foundY, at - mine, tolerance, {left - 10, at, right + 10, at});
        };
        vertical(o.left(), card.left());
        vertical(o.center().x(), card.center().x());
        horizontal(o.top(), card.top());
        horizontal(o.center().y(), card.center().y());
        horizontal(o.bottom(), card.bottom());
        const bool sameRow = std::abs(o.center().y() - card.center().y()) < o.height() / 2;
        if (!sameRow) continue;
        const double middle = o.center().y();
        consider(x, foundX, o.right() + cardGap - card.left(), tolerance,
                 {o.right(), middle, o.right() + cardGap, middle});
        consider(x, foundX, o.left() - cardGap - card.right(), tolerance,
                 {o.left() - cardGap, middle, o.left(), middle});
    }
    Snap snap;
    snap.position = {foundX ? card.left() + x.shift : onGrid(card.left()),
                     foundY ? card.top() + y.shift : onGrid(card.top())};
    if (foundX) snap.guides.push_back(x.guide);
    if (foundY) snap.guides.push_back(y.guide);
    return snap;
}

} // namespace burdock
