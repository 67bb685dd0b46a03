#include "canvas/canvas_camera.h"

#include <QEasingCurve>
#include <QGraphicsView>
#include <QScrollBar>
#include <QVariantAnimation>

#include <algorithm>
#include <cmath>
#include <utility>

namespace burdock {

CanvasCamera::CanvasCamera(QGraphicsView& view)
    : view_(view)
    , glide_(new QVariantAnimation(this)) {
    glide_->setStartValue(0.0);
    glide_->setEndValue(1.0);
    glide_->setEasingCurve(QEasingCurve::OutCubic);
    connect(glide_, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
        const double t = value.toDouble();
        // Zoom is felt by its ratio.
        const double zoom = fromZoom_ * std::pow(toZoom_ / fromZoom_, t);
        apply(zoom,
              anchored_ ? anchorScene_ - anchorOffset_ / zoom : fromCenter_ + (toCenter_ - fromCenter_) * t);
    });
}

double CanvasCamera::zoom() const {
    return zoom_;
}

QPointF CanvasCamera::center() const {
    return view_.mapToScene(view_.viewport()->rect().center());
}

void CanvasCamera::apply(double zoom, QPointF center) {
    if (zoom != zoom_) {
        zoom_ = zoom;
        view_.setTransform(QTransform::fromScale(zoom, zoom));
    }
    view_.centerOn(center);
    emit moved();
}

void CanvasCamera::glideTo(double zoom, QPointF center, int milliseconds) {
    glide_->stop();
    if (!animated_ || !view_.isVisible()) return apply(zoom, center);
    fromZoom_ = zoom_;
    fromCenter_ = this->center();
    toZoom_ = zoom;
    toCenter_ = center;
    glide_->setDuration(milliseconds);
    glide_->start();
}

void CanvasCamera::zoomAt(QPoint viewPos, double factor, bool glide) {
    const bool gliding = glide_->state() == QAbstractAnimation::Running;
    const double goal = std::clamp((gliding ? toZoom_ : zoom_) * factor, minZoom, maxZoom);
    anchorScene_ = view_.mapToScene(viewPos);
    anchorOffset_ = QPointF(viewPos - view_.viewport()->rect().center());
    anchored_ = true;
    showsAll_ = false;
    if (glide)
        glideTo(goal, anchorScene_ - anchorOffset_ / goal, 140);
    else {
        glide_->stop();
        apply(goal, anchorScene_ - anchorOffset_ / goal);
    }
}

void CanvasCamera::setZoom(double zoom) {
    anchored_ = false;
    showsAll_ = false;
    glideTo(std::clamp(zoom, minZoom, maxZoom), center(), 160);
}

void CanvasCamera::panBy(QPoint delta) {
    glide_->stop();
    showsAll_ = false;
    view_.horizontalScrollBar()->setValue(view_.horizontalScrollBar()->value() - delta.x());
    view_.verticalScrollBar()->setValue(view_.verticalScrollBar()->value() - delta.y());
    emit moved();
}

void CanvasCamera::lookAt(QPointF scenePos) {
    glide_->stop();
    showsAll_ = false;
    apply(zoom_, scenePos);
}

void CanvasCamera::fit(const QRectF& rect, double largest) {
    if (rect.isNull()) return;
    const QRectF framed = rect.adjusted(-32, -32, 32, 32);
    const QSizeF room = view_.viewport()->size();
    const double zoom = std::min({room.width() / framed.width(), room.height() / framed.height(), largest});
    anchored_ = false;
    showsAll_ = false;
    glideTo(std::clamp(zoom, minZoom, maxZoom), framed.center(), 220);
}

void CanvasCamera::fitAll(const QRectF& content) {
    fit(content, 1);
    showsAll_ = true;
}

void CanvasCamera::refit(const QRectF& content) {
    const bool animated = std::exchange(animated_, false);
    fitAll(content);
    animated_ = animated;
}

void CanvasCamera::reveal(const QRectF& rect) {
    const bool gliding = glide_->state() == QAbstractAnimation::Running;
    const double zoom = gliding ? toZoom_ : zoom_;
    const QPointF middle = gliding && !anchored_ ? toCenter_ : center();
    const QSizeF room = QSizeF(view_.viewport()->size()) / zoom;
    QRectF seen(middle - QPointF(room.width() / 2, room.height() / 2), room);
    if (seen.contains(rect)) return;
    if (rect.right() > seen.right()) seen.moveRight(rect.right());
    if (rect.bottom() > seen.bottom()) seen.moveBottom(rect.bottom());
    if (rect.left() < seen.left()) seen.moveLeft(rect.left());
    if (rect.top() < seen.top()) seen.moveTop(rect.top());
    anchored_ = false;
    showsAll_ = false;
    glideTo(zoom, seen.center(), 180);
}

} // namespace burdock
