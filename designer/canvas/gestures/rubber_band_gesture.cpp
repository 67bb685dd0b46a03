#include "canvas/gestures/rubber_band_gesture.h"

#include "canvas/canvas_scene.h"
#include "canvas/canvas_style.h"
#include "canvas/canvas_view.h"

#include <QGraphicsRectItem>
#include <QPen>

namespace burdock {

RubberBandGesture::RubberBandGesture(CanvasView& view, const Pointer& start)
    : Gesture(view)
    , start_(start.scene)
    , before_(view.document().selection())
    , band_(std::make_unique<QGraphicsRectItem>()) {
    if (start.modifiers & (Qt::ShiftModifier | Qt::ControlModifier)) kept_ = before_;
    QColor fill = canvasStyle().accent;
    fill.setAlphaF(0.10F);
    QPen pen(canvasStyle().accent, 1);
    pen.setCosmetic(true);
    band_->setPen(pen);
    band_->setBrush(fill);
    band_->setZValue(40);
    view.canvas().addItem(band_.get());
    view.canvas().selectEdge({});
    view.document().select(kept_);
}

RubberBandGesture::~RubberBandGesture() = default;

void RubberBandGesture::move(const Pointer& pointer) {
    const QRectF rect = QRectF(start_, pointer.scene).normalized();
    band_->setRect(rect);
    QSet<NodeId> chosen = kept_;
    for (const NodeId id : view_.canvas().nodesIn(rect))
        chosen.insert(id);
    view_.document().select(chosen);
}

void RubberBandGesture::release(const Pointer& pointer) {
    if (!band_->rect().isNull() || pointer.scene != start_) move(pointer);
}

void RubberBandGesture::cancel() {
    view_.document().select(before_);
}

} // namespace burdock
