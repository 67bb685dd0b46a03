// What the keyboard does on the canvas, apart from the actions' shortcuts.
#include "canvas/canvas_actions.h"
#include "canvas/canvas_commands.h"
#include "canvas/canvas_scene.h"
#include "canvas/canvas_view.h"
#include "canvas/gestures/gesture.h"
#include "canvas/keyboard_walk.h"
#include "canvas/snapping.h"

#include <QKeyEvent>

namespace burdock {
namespace {

constexpr qint64 longestTap = 400; ///< ms: a key held longer was held to pan

/// Whether a key that is pressed now was never let go: a window system that repeats it while it is held may
/// say each time that it was released.
bool isHeldOn(const QElapsedTimer& released) {
    constexpr qint64 repeat = 30; // ms
    return released.isValid() && released.elapsed() < repeat;
}

} // namespace

bool CanvasView::event(QEvent* event) {
    // Keys that the canvas knows are not for shortcuts of the window while it has the keyboard.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool plain = !(key->modifiers() & ~Qt::KeypadModifier);
        if (key->key() == Qt::Key_Backspace && plain && choosesBlock()) {
            event->accept(); // it is no shortcut for Delete then
            return true;
        }
        // With Ctrl they are the window's: Ctrl+Return trains.
        switch (key->modifiers() & Qt::ControlModifier ? 0 : key->key()) {
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
    const bool taken = QGraphicsView::event(event);
    if (event->type() == QEvent::Show || event->type() == QEvent::Hide) actions_->refresh();
    return taken;
}

void CanvasView::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Space:
        if (event->isAutoRepeat() || spaceDown_) return;
        spaceDown_ = true;
        if (!isHeldOn(spaceUp_)) {
            spacePanned_ = false;
            spaceHeld_.start();
        }
        spacePanned_ = spacePanned_ || gesture_;
        viewport()->setCursor(Qt::OpenHandCursor);
        return;
    case Qt::Key_Escape:
        if (gesture_) return cancelGesture();
        scene_->selectEdge({});
        document_.select({});
        return;
    case Qt::Key_Backspace:
        return explainBlock();
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (scene_->current()) activate(scene_->current());
        return;
    case Qt::Key_F1:
        if (scene_->current())
            emit helpWanted(scene_->current());
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
    const bool tapped = spaceDown_ && !spacePanned_ && !gesture_ && spaceHeld_.elapsed() < longestTap;
    spaceDown_ = false;
    spaceUp_.start();
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

} // namespace burdock
