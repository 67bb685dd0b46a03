#include "canvas/minimap.h"

#include "canvas/canvas_scene.h"
#include "canvas/canvas_style.h"
#include "canvas/canvas_view.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <utility>

namespace burdock {

Minimap::Minimap(CanvasView& view)
    : QWidget(&view)
    , view_(view) {
    setObjectName(QStringLiteral("minimap"));
    setAccessibleName(tr("Overview of the network"));
    setToolTip(tr("Overview: drag to go there"));
    setCursor(Qt::PointingHandCursor);
    resize(sizeHint());
}

QTransform Minimap::mapping() const {
    const QRectF content = (view_.canvas().contentRect() | view_.visibleScene()).adjusted(-40, -40, 40, 40);
    const double scale = std::min(width() / content.width(), height() / content.height());
    QTransform t;
    t.translate(width() / 2.0, height() / 2.0);
    t.scale(scale, scale);
    t.translate(-content.center().x(), -content.center().y());
    return t;
}

void Minimap::setSheer(bool sheer) {
    if (std::exchange(sheer_, sheer) != sheer) update();
}

void Minimap::enterEvent(QEnterEvent*) {
    update();
}

void Minimap::leaveEvent(QEvent*) {
    update();
}

void Minimap::paintEvent(QPaintEvent*) {
    const CanvasStyle& style = canvasStyle();
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    if (sheer_ && !underMouse()) p.setOpacity(0.5);
    QColor ground = style.raised;
    ground.setAlphaF(0.92F);
    p.setPen(QPen(style.line, 1));
    p.setBrush(ground);
    p.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), style.radius, style.radius);
    const QTransform map = mapping();
    p.setPen(Qt::NoPen);
    for (const auto& [id, item] : view_.canvas().nodes()) {
        const CardFacts& facts = item->facts();
        QColor color = facts.known ? style.of(facts.category) : style.soft;
        if (facts.worst == Severity::Error) color = style.error;
        if (item->state().selected) color = style.accent;
        p.setBrush(color);
        p.drawRoundedRect(map.mapRect(item->cardRect()), 1, 1);
    }
    QColor veil = style.accent;
    veil.setAlphaF(0.08F);
    p.setPen(QPen(style.accent, 1.2));
    p.setBrush(veil);
    p.drawRoundedRect(map.mapRect(view_.visibleScene()).intersected(QRectF(rect()).adjusted(2, 2, -2, -2)), 3,
                      3);
}

void Minimap::goTo(QPointF at) {
    view_.lookAt(mapping().inverted().map(at));
}

void Minimap::mousePressEvent(QMouseEvent* event) {
    goTo(event->position());
}

void Minimap::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton) goTo(event->position());
}

} // namespace burdock
