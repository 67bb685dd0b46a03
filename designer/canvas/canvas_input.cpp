// What the mouse and drags from elsewhere do on the canvas.
#include "canvas/canvas_camera.h"
#include "canvas/canvas_commands.h"
#include "canvas/canvas_scene.h"
#include "canvas/canvas_view.h"
#include "canvas/gestures/connect_gesture.h"
#include "canvas/gestures/drop_layer_gesture.h"
#include "canvas/gestures/move_gesture.h"
#include "canvas/gestures/pan_gesture.h"
#include "canvas/gestures/rubber_band_gesture.h"
#include "canvas/mime.h"
#include "canvas/minimap.h"
#include "canvas/search_popup.h"

#include <QContextMenuEvent>
#include <QGestureEvent>
#include <QGuiApplication>
#include <QMenu>
#include <QMimeData>
#include <QMouseEvent>
#include <QPinchGesture>
#include <QTimer>

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

/// Half a hit area of a port on the screen: the whole is 24 pixels wide.
constexpr double portReach = 12;

constexpr int scrollMargin =
    20; ///< of the view, in which a drag scrolls it: the faster the nearer to the edge
constexpr double fastestScroll = 5; ///< pixels, sixty times a second
constexpr double scrollsBeyond =
    220; ///< the network, where it comes to rest: there is room for one more card

} // namespace

Pointer CanvasView::pointerAt(QPoint viewPos, Qt::KeyboardModifiers modifiers) const {
    return {mapToScene(viewPos), viewPos, modifiers};
}

Hit CanvasView::hitAt(QPoint viewPos) const {
    return scene_->hitTest(mapToScene(viewPos), std::max(portReach / zoom(), portRadius + 3));
}

// The mouse
// -------------------------------------------------------------------------------------------------

std::unique_ptr<Gesture> CanvasView::gestureFor(const Hit& hit, const Pointer& pointer) {
    switch (hit.kind) {
    case Hit::Kind::Output:
    case Hit::Kind::Input:
        return std::make_unique<ConnectGesture>(*this, hit, pointer);
    case Hit::Kind::Badge:
        document_.select({hit.node});
        showBadgeMenu(hit.node, pointer.view);
        return nullptr;
    case Hit::Kind::Edge:
        scene_->selectEdge(hit.edge);
        return nullptr;
    case Hit::Kind::Value:
        emit inputToggled(hit.port);
        return nullptr;
    case Hit::Kind::Nothing:
        return std::make_unique<RubberBandGesture>(*this, pointer);
    case Hit::Kind::Node:
        break;
    }
    QSet<NodeId> selection = document_.selection();
    bool selectOnClick = false;
    if (pointer.modifiers & (Qt::ShiftModifier | Qt::ControlModifier)) {
        if (!selection.remove(hit.node)) selection.insert(hit.node);
    } else if (selection.contains(hit.node)) {
        selectOnClick = true; // a click on one of several means that one; a drag means all
    } else {
        selection = {hit.node};
    }
    scene_->setCurrent(hit.node);
    scene_->selectEdge({});
    document_.select(selection);
    if (!selection.contains(hit.node)) return nullptr;
    return std::make_unique<MoveGesture>(*this, hit.node, pointer, selectOnClick);
}

void CanvasView::mousePressEvent(QMouseEvent* event) {
    const Pointer pointer = pointerAt(event->pos(), event->modifiers());
    lastPointer_ = event->pos();
    search_->dismiss();
    if (gesture_) return;
    if (event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && spaceDown_)) {
        spacePanned_ = true;
        gesture_ = std::make_unique<PanGesture>(*this, pointer);
    } else if (event->button() == Qt::LeftButton) {
        gesture_ = gestureFor(hitAt(event->pos()), pointer);
    }
    scrollsAtBorder_ = false;
    scrollReach_ =
        scene_->contentRect().adjusted(-scrollsBeyond, -scrollsBeyond, scrollsBeyond, scrollsBeyond);
    if (gesture_ && gesture_->scrolls()) scroller_->start();
}

void CanvasView::mouseMoveEvent(QMouseEvent* event) {
    lastPointer_ = event->pos();
    pointerInside_ = true;
    if (gesture_)
        gesture_->move(pointerAt(event->pos(), event->modifiers()));
    else
        hoverAt(event->pos());
}

void CanvasView::mouseReleaseEvent(QMouseEvent* event) {
    if (gesture_ && event->button() != Qt::RightButton)
        finishGesture(pointerAt(event->pos(), event->modifiers()));
    hoverAt(event->pos());
}

void CanvasView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    cancelGesture();
    const Hit hit = hitAt(event->pos());
    LayerPlace place;
    place.at = mapToScene(event->pos());
    if (hit.kind == Hit::Kind::Edge) place.onEdge = hit.edge;
    if (hit.kind == Hit::Kind::Value) // two clicks in a row
        emit inputToggled(hit.port);
    else if (hit.node)
        activate(hit.node);
    else
        offerLayers(place, event->pos());
}

void CanvasView::finishGesture(const Pointer& pointer) {
    scroller_->stop();
    // Out of the way first: the edit it makes comes back here as a change of the graph.
    const std::unique_ptr<Gesture> gesture = std::move(gesture_);
    gesture->release(pointer);
}

void CanvasView::cancelGesture() {
    scroller_->stop();
    const std::unique_ptr<Gesture> gesture = std::move(gesture_);
    if (gesture) gesture->cancel();
}

void CanvasView::autoScroll() {
    if (!gesture_) return scroller_->stop();
    const QRect whole = viewport()->rect(),
                inner = whole.adjusted(scrollMargin, scrollMargin, -scrollMargin, -scrollMargin);
    // What begins at the border may be on its way inward: the canvas stays until the pointer has been away
    // from there, or leaves the view.
    scrollsAtBorder_ = scrollsAtBorder_ || inner.contains(lastPointer_) || !whole.contains(lastPointer_);
    if (!scrollsAtBorder_) return;
    const QRectF seen = visibleScene();
    const QPointF middle = inner.center();
    const auto push = [this](double beyond, double left) {
        const double speed = std::min(1.0, beyond / scrollMargin) * fastestScroll;
        return beyond > 0 && left > 0 ? static_cast<int>(std::ceil(std::min(speed, left * zoom()))) : 0;
    };
    const bool right = lastPointer_.x() > middle.x(), below = lastPointer_.y() > middle.y();
    const int x = right ? push(lastPointer_.x() - inner.right(), scrollReach_.right() - seen.right())
                        : push(inner.left() - lastPointer_.x(), seen.left() - scrollReach_.left());
    const int y = below ? push(lastPointer_.y() - inner.bottom(), scrollReach_.bottom() - seen.bottom())
                        : push(inner.top() - lastPointer_.y(), seen.top() - scrollReach_.top());
    if (x == 0 && y == 0) return;
    panBy({right ? -x : x, below ? -y : y});
    gesture_->move(pointerAt(lastPointer_, QGuiApplication::keyboardModifiers()));
}

void CanvasView::hoverAt(QPoint viewPos) {
    if (spaceDown_) return;
    const Hit hit = hitAt(viewPos);
    if (hit == scene_->hover()) return;
    scene_->setHover(hit);
    const bool port = hit.kind == Hit::Kind::Output || hit.kind == Hit::Kind::Input;
    if (port)
        viewport()->setCursor(Qt::CrossCursor);
    else if (hit.kind == Hit::Kind::Badge || hit.kind == Hit::Kind::Edge || hit.kind == Hit::Kind::Value)
        viewport()->setCursor(Qt::PointingHandCursor);
    else
        viewport()->unsetCursor();
    explain(hit);
}

void CanvasView::explain(const Hit& hit) {
    switch (hit.kind) {
    case Hit::Kind::Output: {
        const QString how = tr("Drag to another card to connect it, or to empty space to add a layer");
        const QString name = scene_->node(hit.node)->facts().outputNames.value(hit.port);
        return emit statusMessage(name.isEmpty() ? how : tr("Output “%1”: %2").arg(name, how));
    }
    case Hit::Kind::Input:
        return emit statusMessage(document_.graph().edgeAt(hit.node, hit.port)
                                      ? tr("Drag the edge off this input to move or remove it")
                                      : tr("Drag to a card whose output should flow in here"));
    case Hit::Kind::Badge:
        return emit statusMessage(tr("Click to see how to mend it"));
    case Hit::Kind::Value:
        return emit statusMessage(tr("Click to change this input"));
    case Hit::Kind::Edge: {
        const QString shape = scene_->edge(hit.edge)->tensorShape();
        return emit statusMessage(shape.isEmpty() ? tr("The shape is not known here yet") : shape);
    }
    case Hit::Kind::Node:
    case Hit::Kind::Nothing:
        emit statusMessage({});
    }
}

void CanvasView::contextMenuEvent(QContextMenuEvent* event) {
    cancelGesture();
    Hit hit;
    QPoint at = event->globalPos();
    if (event->reason() == QContextMenuEvent::Keyboard) {
        if (const NodeItem* item = scene_->node(scene_->current())) {
            hit = {Hit::Kind::Node, item->id(), 0, {}};
            at = viewport()->mapToGlobal(mapFromScene(item->cardRect().center()));
        }
    } else {
        hit = hitAt(event->pos());
        if (hit.kind != Hit::Kind::Edge && hit.kind != Hit::Kind::Nothing) hit.kind = Hit::Kind::Node;
        lastPointer_ = event->pos();
    }
    if (hit.node && !document_.selection().contains(hit.node)) document_.select({hit.node});
    if (hit.kind == Hit::Kind::Edge) scene_->selectEdge(hit.edge);
    QMenu* menu = makeMenu(hit, this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(at);
}

void CanvasView::wheelEvent(QWheelEvent* event) {
    event->accept();
    const bool touchpad = event->device()->type() == QInputDevice::DeviceType::TouchPad;
    const QPoint pixels = event->pixelDelta().isNull() ? event->angleDelta() : event->pixelDelta();
    if (touchpad && !(event->modifiers() & Qt::ControlModifier)) return panBy(pixels);
    if (event->modifiers() & Qt::ShiftModifier)
        return panBy({event->angleDelta().y() + event->angleDelta().x(), 0});
    const double notches = event->angleDelta().y() / 120.0;
    camera_->zoomAt(event->position().toPoint(), std::pow(1.2, notches), std::abs(notches) >= 1);
}

bool CanvasView::viewportEvent(QEvent* event) {
    switch (event->type()) {
    case QEvent::Leave:
        pointerInside_ = false;
        scene_->setHover({});
        break;
    case QEvent::NativeGesture: {
        const auto* native = static_cast<QNativeGestureEvent*>(event);
        if (native->gestureType() != Qt::ZoomNativeGesture) break;
        camera_->zoomAt(native->position().toPoint(), 1 + native->value(), false);
        return true;
    }
    case QEvent::Gesture:
        if (QGesture* g = static_cast<QGestureEvent*>(event)->gesture(Qt::PinchGesture)) {
            const auto* pinch = static_cast<QPinchGesture*>(g);
            camera_->zoomAt(viewport()->mapFromGlobal(pinch->centerPoint().toPoint()), pinch->scaleFactor(),
                            false);
            return true;
        }
        break;
    default:
        break;
    }
    return QGraphicsView::viewportEvent(event);
}

// Drags from the palette
// -------------------------------------------------------------------------------------------------

void CanvasView::dragEnterEvent(QDragEnterEvent* event) {
    if (!event->mimeData()->hasFormat(layerMime)) return event->ignore();
    const QByteArray type = event->mimeData()->data(layerMime);
    if (!layerRegistry().find(type.toStdString())) return event->ignore();
    cancelGesture();
    gesture_ = std::make_unique<DropLayerGesture>(*this, type.toStdString());
    event->setDropAction(Qt::CopyAction);
    event->accept();
}

void CanvasView::dragMoveEvent(QDragMoveEvent* event) {
    if (!gesture_) return event->ignore();
    lastPointer_ = event->position().toPoint();
    gesture_->move(pointerAt(lastPointer_, event->modifiers()));
    event->setDropAction(Qt::CopyAction);
    event->accept();
}

void CanvasView::dragLeaveEvent(QDragLeaveEvent*) {
    cancelGesture();
}

void CanvasView::dropEvent(QDropEvent* event) {
    if (!gesture_) return event->ignore();
    event->setDropAction(Qt::CopyAction);
    event->accept();
    finishGesture(pointerAt(event->position().toPoint(), event->modifiers()));
    setFocus(Qt::MouseFocusReason);
}

void CanvasView::resizeEvent(QResizeEvent* event) {
    QGraphicsView::resizeEvent(event);
    if (camera_->showsAll()) camera_->refit(scene_->goalRect());
    search_->dismiss();
    placeOverlays();
}

} // namespace burdock
