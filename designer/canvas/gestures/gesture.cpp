#include "canvas/gestures/gesture.h"

#include "canvas/canvas_style.h"

#include <QLineF>
#include <QPainter>

namespace burdock {

void GuideItem::setLines(std::vector<QLineF> lines) {
    if (lines == lines_) return;
    prepareGeometryChange();
    lines_ = std::move(lines);
    bounds_ = {};
    for (const QLineF& line : lines_)
        bounds_ |= QRectF(line.p1(), line.p2()).normalized().adjusted(-3, -3, 3, 3);
    update();
}

void GuideItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    QPen pen(canvasStyle().accent, 1, Qt::DashLine);
    pen.setCosmetic(true);
    painter->setPen(pen);
    for (const QLineF& line : lines_)
        painter->drawLine(line);
}

} // namespace burdock
