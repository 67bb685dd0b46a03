#pragma once

#include "canvas/canvas_scene.h"
#include "canvas/canvas_view.h"
#include "canvas/mime.h"
#include "document/graph_document.h"
#include "support/await.h"
#include "support/sample_graphs.h"

#include <QAction>
#include <QApplication>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

namespace burdock::test {

/// A canvas on a document, in a window of 900 × 640, without motion, and the mouse that works on it.
struct CanvasFixture {
    explicit CanvasFixture(const Graph& graph = {}) {
        view.setAnimated(false);
        view.resize(900, 640);
        document.reset(graph);
        view.show();
        (void)QTest::qWaitForWindowExposed(&view);
        view.setFocus();
    }

    /// An input, a dense layer and a ReLU in a row, connected.
    static Graph row() {
        Graph graph;
        const NodeId a = graph.add(
            "input",
            {{"channels", std::int64_t{784}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}},
            {0, 0});
        const NodeId b = graph.add("dense", {}, {240, 0});
        const NodeId c = graph.add("relu", {}, {480, 0});
        graph.connect(a, b);
        graph.connect(b, c);
        return graph;
    }

    NodeId id(const char* name) const {
        const Node* node = document.graph().findByName(name);
        return node ? node->id : NodeId{};
    }
    const NodeItem& card(const char* name) const { return *view.canvas().node(id(name)); }
    QPoint at(QPointF scene) const { return view.mapFromScene(scene); }
    QPoint middle(const char* name) const { return at(card(name).cardRect().center()); }
    QPoint output(const char* name) const { return at(card(name).outputPos()); }
    QPoint input(const char* name, int port = 0) const { return at(card(name).inputPos(port)); }
    QPoint free() const { return {view.viewport()->width() / 2, view.viewport()->height() - 40}; }

    void press(QPoint p, Qt::MouseButton button = Qt::LeftButton, Qt::KeyboardModifiers m = {}) {
        QTest::mousePress(view.viewport(), button, m, p);
    }
    void release(QPoint p, Qt::MouseButton button = Qt::LeftButton, Qt::KeyboardModifiers m = {}) {
        QTest::mouseRelease(view.viewport(), button, m, p);
    }
    /// Sent straight to the canvas: the real pointer of the machine has no part in it.
    void move(QPoint p) {
        QMouseEvent event(QEvent::MouseMove, p, view.viewport()->mapToGlobal(p), Qt::NoButton, Qt::LeftButton,
                          Qt::NoModifier);
        QApplication::sendEvent(view.viewport(), &event);
    }
    void click(QPoint p, Qt::KeyboardModifiers m = {}) {
        QTest::mouseClick(view.viewport(), Qt::LeftButton, m, p);
    }
    void drag(QPoint from, QPoint to, Qt::MouseButton button = Qt::LeftButton, Qt::KeyboardModifiers m = {}) {
        press(from, button, m);
        for (int i = 1; i <= 4; ++i)
            move(from + (to - from) * i / 4);
        release(to, button, m);
    }
    /// A layer of the palette, let go there.
    void drop(const char* layer, QPoint at) {
        QMimeData data;
        data.setData(layerMime, layer);
        QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(view.viewport(), &enter);
        QVERIFY(enter.isAccepted());
        QDragMoveEvent move(at, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(view.viewport(), &move);
        QDropEvent drop(at, Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(view.viewport(), &drop);
        QVERIFY(drop.isAccepted());
    }
    void key(int key, Qt::KeyboardModifiers m = {}) { QTest::keyClick(&view, static_cast<Qt::Key>(key), m); }
    void trigger(const char* action) {
        auto* found = view.findChild<QAction*>(QLatin1String(action));
        QVERIFY2(found, action);
        found->trigger();
    }

    /// Waits until what scrolls at the border has had so many turns: as many frames as it had time for in
    /// which nothing moved are a rest, however busy the machine is.
    void awaitTurns(int turns) {
        const QSignalSpy had(view.findChild<QTimer*>(QStringLiteral("scroller")), &QTimer::timeout);
        AWAIT_VERIFY(had.size() >= turns);
    }

    GraphDocument document;
    CanvasView view{document};
};

} // namespace burdock::test
