// What the mouse, the keyboard and drags from elsewhere do on the canvas.
#include "canvas/canvas_camera.h"
#include "canvas/canvas_commands.h"
#include "canvas/canvas_scene.h"
#include "canvas/canvas_view.h"
#include "canvas/gestures/connect_gesture.h"
#include "canvas/gestures/drop_layer_gesture.h"
#include "canvas/gestures/move_gesture.h"
#include "canvas/gestures/pan_gesture.h"
#include "canvas/gestures/rubber_band_gesture.h"
#include "canvas/keyboard_walk.h"
#include "canvas/mime.h"
#include "canvas/minimap.h"
#include "canvas/search_popup.h"
#include "canvas/snapping.h"

#include <QContextMenuEvent>
#include <QGestureEvent>
#include <QMenu>
#include <QMimeData>
#include <QMouseEvent>
#include <QPinchGesture>
#include <QTimer>

#include <cmath>

namespace burdock {
namespace {

/// Half a hit area of a port on the screen: the whole is 24 pixels wide.
constexpr double portReach = 12;

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
    search_->close();
    if (gesture_) return;
    if (event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && spaceDown_)) {
        spacePanned_ = true;
        gesture_ = std::make_unique<PanGesture>(*this, pointer);
    } else if (event->button() == Qt::LeftButton) {
        gesture_ = gestureFor(hitAt(event->pos()), pointer);
    }
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
    if (hit.node)
        emit nodeActivated(hit.node);
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
    constexpr int border = 24, speed = 14;
    const QRect inner = viewport()->rect().adjusted(border, border, -border, -border);
    QPoint push;
    if (lastPointer_.x() < inner.left()) push.setX(speed);
    if (lastPointer_.x() > inner.right()) push.setX(-speed);
    if (lastPointer_.y() < inner.top()) push.setY(speed);
    if (lastPointer_.y() > inner.bottom()) push.setY(-speed);
    if (push.isNull()) return;
    panBy(push);
    gesture_->move(pointerAt(lastPointer_, {}));
}

void CanvasView::hoverAt(QPoint viewPos) {
    if (spaceDown_) return;
    const Hit hit = hitAt(viewPos);
    if (hit == scene_->hover()) return;
    scene_->setHover(hit);
    const bool port = hit.kind == Hit::Kind::Output || hit.kind == Hit::Kind::Input;
    if (port)
        viewport()->setCursor(Qt::CrossCursor);
    else if (hit.kind == Hit::Kind::Badge || hit.kind == Hit::Kind::Edge)
        viewport()->setCursor(Qt::PointingHandCursor);
    else
        viewport()->unsetCursor();
    explain(hit);
}

void CanvasView::explain(const Hit& hit) {
    switch (hit.kind) {
    case Hit::Kind::Output:
        return emit statusMessage(tr("Drag to another card to connect it, or to empty space to add a layer"));
    case Hit::Kind::Input:
        return emit statusMessage(document_.graph().edgeAt(hit.node, hit.port)
                                      ? tr("Drag the edge off this input to move or remove it")
                                      : tr("Drag to a card whose output should flow in here"));
    case Hit::Kind::Badge:
        return emit statusMessage(tr("Click to see how to mend it"));
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

// The keyboard
// -------------------------------------------------------------------------------------------------

bool CanvasView::event(QEvent* event) {
    // Keys that the canvas knows are not for shortcuts of the window while it has the keyboard.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        switch (key->key()) {
        case Qt::Key_Space:
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Up:
        case Qt::Key_Down:
            event->accept();
            return true;
        default:
            break;
        }
    }
    return QGraphicsView::event(event);
}

void CanvasView::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Space:
        if (event->isAutoRepeat() || spaceDown_) return;
        spaceDown_ = true;
        spacePanned_ = false;
        viewport()->setCursor(Qt::OpenHandCursor);
        return;
    case Qt::Key_Escape:
        if (gesture_) return cancelGesture();
        scene_->selectEdge({});
        document_.select({});
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (scene_->current()) {
            document_.select({scene_->current()});
            emit nodeActivated(scene_->current());
        }
        return;
    case Qt::Key_F1:
        if (const Node* node = document_.graph().find(scene_->current()))
            emit helpWanted(QString::fromStdString(node->type));
        else
            event->ignore();
        return;
    case Qt::Key_Home:
    case Qt::Key_End:
        if (const NodeId end = stepInOrder(document_.graph(), {}, event->key() == Qt::Key_Home))
            selectNode(end);
        return;
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
        return walk(event->key(), event->modifiers());
    default:
        event->ignore();
    }
}

void CanvasView::keyReleaseEvent(QKeyEvent* event) {
    if (event->key() != Qt::Key_Space || event->isAutoRepeat()) return event->ignore();
    const bool tapped = spaceDown_ && !spacePanned_ && !gesture_;
    spaceDown_ = false;
    viewport()->unsetCursor();
    if (tapped) offerLayersAtPointer();
}

void CanvasView::walk(int key, Qt::KeyboardModifiers modifiers) {
    if (gesture_) return;
    if (modifiers & (Qt::ControlModifier | Qt::AltModifier)) { // nudge
        const QPointF step(gridStep * ((key == Qt::Key_Right) - (key == Qt::Key_Left)),
                           gridStep * ((key == Qt::Key_Down) - (key == Qt::Key_Up)));
        std::map<NodeId, QPointF> positions;
        for (const NodeId id : document_.selection()) {
            const Point at = document_.graph().find(id)->position;
            positions[id] = QPointF(at.x, at.y) + step;
        }
        if (!positions.empty()) moveNodes(document_, positions, QStringLiteral("nudge"));
        return;
    }
    Walk direction = Walk::Forward;
    if (key == Qt::Key_Left) direction = Walk::Back;
    if (key == Qt::Key_Up) direction = Walk::Up;
    if (key == Qt::Key_Down) direction = Walk::Down;
    const NodeId next = walkTo(document_.graph(), scene_->current(), direction);
    if (!next) return;
    if (modifiers & Qt::ShiftModifier) {
        QSet<NodeId> selection = document_.selection();
        selection.insert(next);
        scene_->setCurrent(next);
        document_.select(selection);
        reveal(next);
    } else {
        selectNode(next);
    }
}

bool CanvasView::focusNextPrevChild(bool next) {
    // At either end Tab leaves the canvas: the keyboard must not be caught here.
    if (const NodeId node = stepInOrder(document_.graph(), scene_->current(), next)) {
        selectNode(node);
        return true;
    }
    scene_->setCurrent({});
    return QGraphicsView::focusNextPrevChild(next);
}

void CanvasView::focusInEvent(QFocusEvent* event) {
    QGraphicsView::focusInEvent(event);
    scene_->setFocused(true);
}

void CanvasView::focusOutEvent(QFocusEvent* event) {
    QGraphicsView::focusOutEvent(event);
    spaceDown_ = false;
    scene_->setFocused(false);
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
    search_->close();
    placeOverlays();
}

} // namespace burdock
