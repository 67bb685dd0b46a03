#include "canvas/gestures/pan_gesture.h"

#include "canvas/canvas_view.h"

namespace burdock {

PanGesture::PanGesture(CanvasView& view, const Pointer& start)
    : Gesture(view)
    , last_(start.view) {
    view.viewport()->setCursor(Qt::ClosedHandCursor);
}

PanGesture::~PanGesture() {
    view_.viewport()->unsetCursor();
}

void PanGesture::move(const Pointer& pointer) {
    view_.panBy(pointer.view - last_);
    last_ = pointer.view;
}

void PanGesture::release(const Pointer& pointer) {
    move(pointer);
}

} // namespace burdock
