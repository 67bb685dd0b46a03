// The canvas worked with a real mouse.
#include "canvas/canvas_commands.h"
#include "canvas/mime.h"
#include "canvas_fixture.h"
#include "support/await.h"
#include "theme/theme.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMimeData>
#include <QSignalSpy>
#include <QWheelEvent>

using namespace burdock;
using burdock::test::CanvasFixture;

class TestCanvas : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() { Theme::instance().install(*qApp); }

    void connectsByDraggingFromPortToPort() {
        Graph graph = CanvasFixture::row();
        graph.disconnect({graph.findByName("dense")->id, graph.findByName("relu")->id, 0});
        CanvasFixture f(graph);
        f.drag(f.output("dense"), f.input("relu"));
        QCOMPARE(f.document.graph().edges().size(), 2U);
        QVERIFY(f.document.graph().edgeAt(f.id("relu"), 0));
        QCOMPARE(f.document.undoStack()->undoText(), QStringLiteral("Connect dense to relu"));
        f.document.undoStack()->undo();
        QVERIFY(f.document.graph() == graph);
    }

    void connectsBackwardsAndToTheMiddleOfACard() {
        Graph graph = CanvasFixture::row();
        for (const Edge& e : std::vector<Edge>(graph.edges()))
            graph.disconnect(e);
        CanvasFixture f(graph);
        f.drag(f.input("relu"), f.output("dense"));
        f.drag(f.output("input"), f.middle("dense"));
        QVERIFY(f.document.graph().edgeAt(f.id("relu"), 0));
        QVERIFY(f.document.graph().edgeAt(f.id("dense"), 0));
    }

    void connectsFromFurtherOutputs() {
        Graph graph;
        const NodeId input = graph.add("input", {{"channels", std::int64_t{6}}}, {0, 0});
        const NodeId split = graph.add("split", {}, {260, 0});
        graph.connect(input, split);
        graph.add("relu", {}, {520, 0});
        CanvasFixture f(graph);
        const NodeItem& card = f.card("split");
        QCOMPARE(card.facts().outputs, 2);
        QVERIFY(card.outputPos(0).y() < card.outputPos(1).y());
        f.drag(f.at(card.outputPos(1)), f.input("relu"));
        const Edge* edge = f.document.graph().edgeAt(f.id("relu"), 0);
        QVERIFY(edge && edge->from == split && edge->output == 1);
        // Taken up at its end and put back, it still comes from there.
        f.drag(f.input("relu"), f.middle("relu"));
        QCOMPARE(f.document.graph().edgeAt(f.id("relu"), 0)->output, 1);
    }

    void refusesACycle() {
        CanvasFixture f(CanvasFixture::row());
        const Graph before = f.document.graph();
        QSignalSpy told(&f.view, &CanvasView::statusMessage);
        const auto isTold = [](const QSignalSpy& messages, const char* words) {
            return std::any_of(messages.begin(), messages.end(), [words](const QList<QVariant>& message) {
                return message[0].toString().contains(QLatin1String(words));
            });
        };
        f.drag(f.output("relu"), f.middle("dense"));
        QVERIFY(f.document.graph() == before);
        QCOMPARE(f.document.undoStack()->count(), 0);
        QVERIFY(isTold(told, "dense would lie on a cycle"));
        told.clear();
        f.drag(f.output("relu"), f.middle("input"));
        QVERIFY(isTold(told, "input takes no input"));
        // Nor is a layer offered where the edge is let go beside the port that it was refused at.
        const auto offered = [&f] {
            const auto* list = f.view.findChild<QListWidget*>(QStringLiteral("searchList"));
            return list && list->isVisible();
        };
        for (const char* name : {"dense", "relu"}) {
            told.clear();
            f.drag(f.output("relu"), f.input(name) - QPoint(6, 0));
            QVERIFY(isTold(told, "would lie on a cycle"));
            QVERIFY(!offered());
        }
        QVERIFY(f.document.graph() == before);
    }

    void dragsAnEdgeOffItsInput() {
        CanvasFixture f(CanvasFixture::row());
        f.drag(f.input("relu"), f.free());
        QVERIFY(!f.document.graph().edgeAt(f.id("relu"), 0));
        QCOMPARE(f.document.undoStack()->count(), 1);
    }

    void staysWhereADragBeginsAtTheBorder() {
        CanvasFixture f(CanvasFixture::row());
        // The port of the last card comes to lie inside the border that scrolls.
        const int toBorder = f.view.viewport()->width() - 12 - f.output("relu").x();
        f.drag(f.free(), f.free() + QPoint(toBorder, 0), Qt::MiddleButton);
        const QPoint port = f.output("relu");
        QCOMPARE(port.x(), f.view.viewport()->width() - 12);
        f.press(port);
        f.move(port + QPoint(2, 0));
        f.awaitTurns(3);
        QCOMPARE(f.output("relu"), port);
        f.move(port - QPoint(100, 0)); // away from the border, and back
        f.awaitTurns(1);
        f.move(port);
        AWAIT_VERIFY(f.output("relu").x() < port.x() - 40);
        f.release(f.free());
    }

    /// A drag that stays at the border scrolls the canvas a little beyond the network, and no further.
    void scrollingAtTheBorderComesToRest() {
        CanvasFixture f(CanvasFixture::row());
        const QPoint edge(f.view.viewport()->width() - 1, f.output("relu").y());
        const double network = f.view.canvas().contentRect().right();
        f.press(f.output("relu"));
        f.move(f.free());
        f.move(edge - QPoint(40, 0)); // near the border, and not within it
        const QRectF before = f.view.visibleScene();
        f.awaitTurns(3);
        QCOMPARE(f.view.visibleScene(), before);
        f.move(edge);
        const auto beyond = [&] { return f.view.visibleScene().right() - network; };
        QVERIFY(beyond() < 176);
        AWAIT_VERIFY(beyond() > 176); // there is room for one more card
        // Every turn scrolls by what follows from where it stands: after one that does not move, none does.
        const auto rests = [&] {
            const double now = beyond();
            f.awaitTurns(1);
            return beyond() == now;
        };
        AWAIT_VERIFY(rests());
        QVERIFY(beyond() < 2 * 176);
        f.release(f.free());
    }

    void movesWithSnappingAsOneStep() {
        CanvasFixture f(CanvasFixture::row());
        const QPoint from = f.middle("relu");
        f.drag(from, from + QPoint(30, 150));
        const Point at = f.document.graph().findByName("relu")->position;
        QVERIFY(at.y > 100);
        QCOMPARE(f.document.undoStack()->count(), 1);
        QCOMPARE(f.document.undoStack()->undoText(), QStringLiteral("Move relu"));
        QCOMPARE(f.card("relu").pos(), QPointF(at.x, at.y));
        f.document.undoStack()->undo();
        QCOMPARE(f.card("relu").pos(), QPointF(480, 0));
        QCOMPARE(f.document.selection(), QSet<NodeId>{f.id("relu")});
    }

    void movesAllThatIsSelected() {
        CanvasFixture f(CanvasFixture::row());
        f.click(f.middle("input"));
        f.click(f.middle("dense"), Qt::ShiftModifier);
        const QPoint from = f.middle("dense");
        f.drag(from, from + QPoint(0, 120));
        QCOMPARE(f.document.graph().findByName("input")->position.y,
                 f.document.graph().findByName("dense")->position.y);
        QVERIFY(f.document.graph().findByName("input")->position.y > 80);
        QCOMPARE(f.document.graph().findByName("relu")->position.y, 0.0);
        QCOMPARE(f.document.undoStack()->undoText(), QStringLiteral("Move 2 layers"));
    }

    void escapeTakesADragBack() {
        CanvasFixture f(CanvasFixture::row());
        f.press(f.middle("relu"));
        f.move(f.middle("relu") + QPoint(0, 90));
        QVERIFY(f.card("relu").pos().y() > 40);
        f.key(Qt::Key_Escape);
        f.release(f.middle("relu"));
        QCOMPARE(f.card("relu").pos(), QPointF(480, 0));
        QCOMPARE(f.document.undoStack()->count(), 0);
    }

    void rubberBandSelectsWhatItTouches() {
        CanvasFixture f(CanvasFixture::row());
        const QRectF dense = f.card("dense").cardRect();
        f.drag(f.at(dense.topLeft() - QPointF(30, 30)), f.at(dense.bottomRight() + QPointF(80, 30)));
        QCOMPARE(f.document.selection(), (QSet<NodeId>{f.id("dense"), f.id("relu")}));
        f.click(f.free());
        QVERIFY(f.document.selection().isEmpty());
    }

    void clickingAnEdgeSelectsItForDelete() {
        CanvasFixture f(CanvasFixture::row());
        const Edge edge = *f.document.graph().edgeAt(f.id("relu"), 0);
        f.click(f.at(f.view.canvas().edge(edge)->path().pointAtPercent(0.5)));
        QVERIFY(f.view.canvas().selectedEdge() == edge);
        f.key(Qt::Key_Delete);
        QVERIFY(!f.document.graph().edgeAt(f.id("relu"), 0));
    }

    void dropsALayerOnAnEdge() {
        CanvasFixture f(CanvasFixture::row());
        const Edge edge = *f.document.graph().edgeAt(f.id("relu"), 0);
        const QPoint at = f.at(f.view.canvas().edge(edge)->path().pointAtPercent(0.5));
        f.drop("dropout", at);
        const NodeId dropout = f.id("dropout");
        QVERIFY(dropout);
        QCOMPARE(f.document.graph().edgeAt(dropout, 0)->from, f.id("dense"));
        QCOMPARE(f.document.graph().edgeAt(f.id("relu"), 0)->from, dropout);
        QVERIFY(!f.card("dropout").cardRect().intersects(f.card("relu").cardRect()));
        f.document.undoStack()->undo();
        QVERIFY(f.document.graph() == CanvasFixture::row());
    }

    void dropsALayerOnPaper() {
        CanvasFixture f(CanvasFixture::row());
        f.drop("conv2d", f.free());
        QVERIFY(f.id("conv2d"));
        QCOMPARE(f.document.graph().edges().size(), 2U);
        QCOMPARE(f.document.selection(), QSet<NodeId>{f.id("conv2d")});
    }

    void movesALooseCardOntoAnEdge() {
        Graph graph = CanvasFixture::row();
        graph.add("dropout", {}, {240, 240});
        CanvasFixture f(graph);
        const Edge edge = *f.document.graph().edgeAt(f.id("relu"), 0);
        f.drag(f.middle("dropout"), f.at(f.view.canvas().edge(edge)->path().pointAtPercent(0.5)));
        QCOMPARE(f.document.graph().edgeAt(f.id("relu"), 0)->from, f.id("dropout"));
        QCOMPARE(f.document.undoStack()->count(), 1);
    }

    void offersWhatFitsWhenAnEdgeEndsInNothing() {
        CanvasFixture f(CanvasFixture::row());
        f.drag(f.output("relu"), f.free());
        auto* list = f.view.findChild<QListWidget*>(QStringLiteral("searchList"));
        QVERIFY(list && list->isVisible());
        QStringList offered;
        for (int i = 0; i < list->count(); ++i)
            offered << list->item(i)->text();
        QVERIFY(offered.contains(QStringLiteral("Dense")));
        QVERIFY(!offered.contains(QStringLiteral("Input")));
        auto* field = f.view.findChild<QLineEdit*>(QStringLiteral("searchField"));
        QTest::keyClicks(field, QStringLiteral("dense"));
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(f.id("dense 2"));
        QCOMPARE(f.document.graph().edgeAt(f.id("dense 2"), 0)->from, f.id("relu"));
        QCOMPARE(f.document.undoStack()->count(), 1);
    }

    void doubleClickOnPaperSearches() {
        CanvasFixture f;
        QTest::mouseDClick(f.view.viewport(), Qt::LeftButton, {}, QPoint(200, 200));
        auto* field = f.view.findChild<QLineEdit*>(QStringLiteral("searchField"));
        QVERIFY(field->isVisible());
        QTest::keyClicks(field, QStringLiteral("inp"));
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(f.id("input"));
        QVERIFY(!field->isVisible());
    }

    void doubleClickOnACardActivatesIt() {
        CanvasFixture f(CanvasFixture::row());
        QSignalSpy activated(&f.view, &CanvasView::nodeActivated);
        QTest::mouseDClick(f.view.viewport(), Qt::LeftButton, {}, f.middle("dense"));
        QCOMPARE(activated.count(), 1);
        QCOMPARE(activated[0][0].value<NodeId>(), f.id("dense"));
    }

    void middleDragPansAndWheelZoomsAtThePointer() {
        CanvasFixture f(CanvasFixture::row());
        const QPointF before = f.view.mapToScene(300, 300);
        f.drag({300, 300}, {360, 340}, Qt::MiddleButton);
        const QPointF moved = f.view.mapToScene(360, 340) - before;
        QVERIFY(moved.manhattanLength() < 3);

        const QPointF under = f.view.mapToScene(200, 150);
        const double zoom = f.view.zoom();
        QWheelEvent wheel(QPointF(200, 150), f.view.viewport()->mapToGlobal(QPointF(200, 150)), {}, {0, 240},
                          Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(f.view.viewport(), &wheel);
        QVERIFY(f.view.zoom() > zoom * 1.3);
        QVERIFY((f.view.mapToScene(200, 150) - under).manhattanLength() < 3);
    }

    void badgeOffersTheFix() {
        CanvasFixture f(test::brokenNetwork());
        QVERIFY(f.document.report().hasErrors());
        f.trigger("canvas.layout");
        QVERIFY(f.card("dense").facts().worst == Severity::Error);
        QVERIFY(f.card("dense").toolTip().contains(QStringLiteral("Flatten")));
        const std::unique_ptr<QMenu> menu(f.view.makeMenu({Hit::Kind::Badge, f.id("dense"), 0, {}}, nullptr));
        auto* fix = menu->findChild<QAction*>(QStringLiteral("fix"));
        QVERIFY(fix);
        fix->trigger();
        QVERIFY(!f.document.report().hasErrors());
        QVERIFY(f.id("flatten"));
    }

    void followsEveryChangeOfTheDocument() {
        CanvasFixture f(CanvasFixture::row());
        const NodeItem* before = f.view.canvas().node(f.id("relu"));
        f.document.edit(QStringLiteral("Units"),
                        [&](Graph& graph) { graph.edit(f.id("dense"))->params["units"] = std::int64_t{12}; });
        QCOMPARE(f.view.canvas().node(f.id("relu")), before); // changed, not made anew
        QCOMPARE(f.card("relu").facts().shape, QStringLiteral("12"));
        const Edge edge = *f.document.graph().edgeAt(f.id("relu"), 0);
        QCOMPARE(f.view.canvas().edge(edge)->tensorShape(), QStringLiteral("12"));
        QVERIFY(f.view.canvas().edge(edge)->labelOpacity() > 0); // shown when it changes
        const Edge tight = *f.document.graph().edgeAt(f.id("dense"), 0);
        f.document.edit(QStringLiteral("Input"), [&](Graph& graph) {
            graph.edit(f.id("input"))->params["height"] = std::int64_t{28};
            graph.edit(f.id("input"))->params["width"] = std::int64_t{28};
        });
        QCOMPARE(f.view.canvas().edge(tight)->tensorShape(), QStringLiteral("28×28×784"));
        QCOMPARE(f.view.canvas().edge(tight)->labelOpacity(), 0.0); // it would hide the cards' names
    }

    void anotherNetworkIsThereAtOnce() {
        CanvasFixture f(CanvasFixture::row());
        f.view.setAnimated(true);
        f.document.reset(test::manyNodes(12)); // the same ids at other places
        for (const Node& node : f.document.graph().nodes())
            QCOMPARE(f.view.canvas().node(node.id)->pos(), QPointF(node.position.x, node.position.y));
        for (const auto& [edge, item] : f.view.canvas().edges())
            QCOMPARE(item->labelOpacity(), 0.0);
        QVERIFY(f.view.visibleScene().contains(f.view.canvas().contentRect()));
    }

    void cardsGlideToWhereUndoPutsThem() {
        CanvasFixture f(CanvasFixture::row());
        moveNodes(f.document, {{f.id("relu"), QPointF(480, 300)}});
        f.view.setAnimated(true);
        f.document.undoStack()->undo();
        QVERIFY(f.card("relu").pos().y() > 100); // on its way
        AWAIT_COMPARE(f.card("relu").pos(), QPointF(480, 0));
        f.document.undoStack()->redo();
        deleteNodes(f.document, {f.id("dense")}, true); // while a card is moving
        AWAIT_COMPARE(f.card("relu").pos(), QPointF(480, 300));
    }

    void aPaletteDoubleClickGoesAfterTheSelectedNode() {
        CanvasFixture f(CanvasFixture::row());
        f.document.select({f.id("dense")});
        f.view.addLayerAtCenter(QStringLiteral("dropout"));
        QCOMPARE(f.document.graph().edgeAt(f.id("relu"), 0)->from, f.id("dropout"));
        f.document.select({});
        f.view.addLayerAtCenter(QStringLiteral("flatten"));
        QVERIFY(f.document.graph().inputsOf(f.id("flatten")).empty());
    }

    void anEmptyCanvasSaysWhatToDo() {
        CanvasFixture f;
        auto* hint = f.view.findChild<QWidget*>(QStringLiteral("emptyHint"));
        QVERIFY(hint->isVisible());
        f.view.addLayerAtCenter(QStringLiteral("input"));
        QVERIFY(!hint->isVisible());
        f.document.undoStack()->undo();
        QVERIFY(hint->isVisible());
    }

  private:
};

QTEST_MAIN(TestCanvas)
#include "canvas_test.moc"
