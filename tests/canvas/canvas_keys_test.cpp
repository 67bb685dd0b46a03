// The canvas worked from the keyboard, and a long random series of edits taken back.
#include "canvas/canvas_commands.h"
#include "canvas/mime.h"
#include "canvas_fixture.h"
#include "document/graph_edits.h"
#include "theme/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QMimeData>
#include <QRandomGenerator>
#include <QSignalSpy>

using namespace burdock;
using burdock::test::CanvasFixture;

class TestCanvasKeys : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() { Theme::instance().install(*qApp); }

    void walksAlongEdges() {
        CanvasFixture f(CanvasFixture::row());
        f.key(Qt::Key_Right);
        QCOMPARE(f.document.selection(), QSet<NodeId>{f.id("input")});
        f.key(Qt::Key_Right);
        f.key(Qt::Key_Right);
        QCOMPARE(f.document.selection(), QSet<NodeId>{f.id("relu")});
        f.key(Qt::Key_Right); // the end
        QCOMPARE(f.document.selection(), QSet<NodeId>{f.id("relu")});
        f.key(Qt::Key_Left);
        QCOMPARE(f.document.selection(), QSet<NodeId>{f.id("dense")});
        f.key(Qt::Key_Home);
        QCOMPARE(f.document.selection(), QSet<NodeId>{f.id("input")});
        f.key(Qt::Key_Tab);
        QCOMPARE(f.document.selection(), QSet<NodeId>{f.id("dense")});
        f.key(Qt::Key_Backtab, Qt::ShiftModifier);
        QCOMPARE(f.document.selection(), QSet<NodeId>{f.id("input")});
        QSignalSpy activated(&f.view, &CanvasView::nodeActivated);
        f.key(Qt::Key_Return);
        QCOMPARE(activated.count(), 1);
    }

    void deletesAndReconnects() {
        CanvasFixture f(CanvasFixture::row());
        f.document.select({f.id("dense")});
        f.key(Qt::Key_Backspace, Qt::ControlModifier);
        QVERIFY(!f.id("dense"));
        QCOMPARE(f.document.graph().edgeAt(f.id("relu"), 0)->from, f.id("input"));
        QCOMPARE(f.document.selection(), QSet<NodeId>{f.id("input")});
        f.document.undoStack()->undo();
        QVERIFY(f.document.graph() == CanvasFixture::row());
        QCOMPARE(f.document.selection(), QSet<NodeId>{f.id("dense")}); // what came back
        f.key(Qt::Key_Delete);
        QVERIFY(!f.id("dense"));
        QVERIFY(f.document.graph().edges().empty());
    }

    void copiesAcrossDocuments() {
        CanvasFixture from(CanvasFixture::row()), to;
        from.document.select({from.id("dense"), from.id("relu")});
        from.trigger("canvas.copy");
        QVERIFY(QApplication::clipboard()->mimeData()->hasFormat(graphMime));
        QVERIFY(QApplication::clipboard()->text().startsWith(QLatin1Char('{')));
        to.trigger("canvas.paste");
        QCOMPARE(to.document.graph().nodes().size(), 2U);
        QCOMPARE(to.document.graph().edges().size(), 1U);
        QCOMPARE(to.document.selection().size(), 2);
        to.trigger("canvas.paste"); // beside the first, under names of their own
        QCOMPARE(to.document.graph().nodes().size(), 4U);
        QVERIFY(to.id("dense 2"));
        QVERIFY(to.card("dense").pos() != to.card("dense 2").pos());
    }

    void pastesPlainTextAndRefusesWhatIsNone() {
        CanvasFixture f(CanvasFixture::row());
        const std::unique_ptr<QMimeData> copied(copyOf(f.document, {f.id("relu")}));
        QApplication::clipboard()->setText(copied->text());
        f.trigger("canvas.paste");
        QVERIFY(f.id("relu 2"));
        QSignalSpy said(&f.view, &CanvasView::statusMessage);
        QApplication::clipboard()->setText(QStringLiteral("a letter to my aunt"));
        f.trigger("canvas.paste");
        QCOMPARE(f.document.graph().nodes().size(), 4U);
        QCOMPARE(said.count(), 1);
    }

    void cutsDuplicatesBypassesSelectsAll() {
        CanvasFixture f(CanvasFixture::row());
        f.key(Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(f.document.selection().size(), 3);
        f.document.select({f.id("relu")});
        f.key(Qt::Key_D, Qt::ControlModifier);
        QVERIFY(f.id("relu 2"));
        f.key(Qt::Key_X, Qt::ControlModifier);
        QVERIFY(!f.id("relu 2"));
        f.document.select({f.id("relu")});
        f.key(Qt::Key_B, Qt::ControlModifier);
        QVERIFY(f.document.graph().findByName("relu")->bypassed);
        QVERIFY(f.card("relu").facts().bypassed);
        f.key(Qt::Key_B, Qt::ControlModifier);
        QVERIFY(!f.document.graph().findByName("relu")->bypassed);
        f.key(Qt::Key_B, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(f.document.graph().findByName("relu")->frozen);
        QVERIFY(f.card("relu").facts().frozen);
        f.document.undoStack()->undo();
        QVERIFY(!f.document.graph().findByName("relu")->frozen);
    }

    void renamesInPlace() {
        CanvasFixture f(CanvasFixture::row());
        f.document.select({f.id("dense")});
        f.key(Qt::Key_F2);
        auto* editor = f.view.findChild<QLineEdit*>(QStringLiteral("nameEditor"));
        QVERIFY(editor);
        QTest::keyClicks(editor, QStringLiteral("hidden"));
        QTest::keyClick(editor, Qt::Key_Return);
        QVERIFY(f.id("hidden"));
        renameNode(f.document, f.id("hidden"), QStringLiteral("relu")); // taken: gets a number
        QVERIFY(f.id("relu 2"));
        renameNode(f.document, f.id("relu 2"), QStringLiteral("   "));
        QVERIFY(f.id("relu 2"));
    }

    void aKeyAddsALayerAfterTheCurrentOne() {
        CanvasFixture f(CanvasFixture::row());
        f.document.select({f.id("dense")});
        f.key(Qt::Key_A);
        auto* field = f.view.findChild<QLineEdit*>(QStringLiteral("searchField"));
        QVERIFY(field->isVisible());
        QTest::keyClicks(field, QStringLiteral("tanh"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(f.document.graph().edgeAt(f.id("relu"), 0)->from, f.id("tanh"));
        QVERIFY(f.view.hasFocus());
    }

    void spaceSearchesAndSpaceDragPans() {
        CanvasFixture f(CanvasFixture::row());
        auto* field = f.view.findChild<QLineEdit*>(QStringLiteral("searchField"));
        f.key(Qt::Key_Space);
        QVERIFY(field->isVisible());
        QTest::keyClick(field, Qt::Key_Escape);
        QVERIFY(!field->isVisible());
        const QPointF before = f.view.mapToScene(300, 300);
        QTest::keyPress(&f.view, Qt::Key_Space);
        f.drag({300, 300}, {340, 330});
        QTest::keyRelease(&f.view, Qt::Key_Space);
        QVERIFY(!field->isVisible());
        QVERIFY((f.view.mapToScene(340, 330) - before).manhattanLength() < 3);
        QCOMPARE(f.document.undoStack()->count(), 0);
    }

    /// While a key is held, a window system may say over and over that it is let go and pressed again.
    void aLongSpaceDragOpensNoSearch() {
        CanvasFixture f(CanvasFixture::row());
        const auto* field = f.view.findChild<QLineEdit*>(QStringLiteral("searchField"));
        const auto repeat = [&f] {
            QTest::keyRelease(&f.view, Qt::Key_Space);
            QTest::keyPress(&f.view, Qt::Key_Space);
        };
        QTest::keyPress(&f.view, Qt::Key_Space);
        f.press({300, 300});
        for (int i = 0; i < 5; ++i) {
            f.move({300 + 10 * i, 300});
            repeat();
        }
        f.release({350, 300});
        repeat();
        QTest::keyRelease(&f.view, Qt::Key_Space);
        QVERIFY(!field->isVisible());
        // Held, and then nothing dragged after all.
        QTest::qWait(100);
        QTest::keyPress(&f.view, Qt::Key_Space);
        QTest::qWait(500);
        QTest::keyRelease(&f.view, Qt::Key_Space);
        QVERIFY(!field->isVisible());
        QTest::qWait(100);
        f.key(Qt::Key_Space);
        QVERIFY(field->isVisible());
    }

    void aBlockIsNeitherRenamedNorDeletedByWhatOpensThings() {
        Graph graph = CanvasFixture::row();
        Block inner;
        inner.body = std::make_shared<Graph>(CanvasFixture::row());
        Node node;
        node.type = blockType;
        node.name = "stage";
        node.position = {720, 0};
        node.block = std::move(inner);
        const NodeId id = graph.add(std::move(node));
        CanvasFixture f(graph);
        const QSignalSpy activated(&f.view, &CanvasView::nodeActivated);
        const QSignalSpy said(&f.view, &CanvasView::statusMessage);
        const QPoint middle = f.middle("stage");
        f.click(middle);
        QTest::mouseDClick(f.view.viewport(), Qt::LeftButton, {}, middle);
        f.key(Qt::Key_Return);
        f.key(Qt::Key_Backspace);
        QCOMPARE(activated.count(), 0);
        QVERIFY(said.last()[0].toString().contains(QStringLiteral("block")));
        QVERIFY(f.document.graph() == graph);
        QCOMPARE(f.document.selection(), QSet<NodeId>{id});
        f.key(Qt::Key_Delete);
        QVERIFY(!f.document.graph().find(id));
    }

    void findsByName() {
        CanvasFixture f(test::manyNodes(60));
        f.key(Qt::Key_F, Qt::ControlModifier);
        auto* field = f.view.findChild<QLineEdit*>(QStringLiteral("searchField"));
        QTest::keyClicks(field, QStringLiteral("relu 17"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(f.document.selection(), QSet<NodeId>{f.id("relu 17")});
        QVERIFY(f.view.visibleScene().contains(f.card("relu 17").cardRect()));
    }

    void laysOutAsOneStep() {
        CanvasFixture f(test::skipNetwork());
        f.key(Qt::Key_L, Qt::ControlModifier);
        QCOMPARE(f.document.undoStack()->count(), 1);
        const auto& nodes = f.view.canvas().nodes();
        for (const auto& [a, first] : nodes)
            for (const auto& [b, second] : nodes)
                QVERIFY(a == b || !first->cardRect().intersects(second->cardRect()));
        QVERIFY(f.view.visibleScene().contains(f.view.canvas().contentRect()));
        f.document.undoStack()->undo();
        QVERIFY(f.document.graph() == test::skipNetwork());
    }

    void nudgesMergeIntoOneStep() {
        CanvasFixture f(CanvasFixture::row());
        f.document.select({f.id("relu")});
        for (int i = 0; i < 5; ++i)
            f.key(Qt::Key_Down, Qt::ControlModifier);
        QCOMPARE(f.document.graph().findByName("relu")->position.y, 40.0);
        QCOMPARE(f.document.undoStack()->count(), 1);
    }

    void undoTakesBackAnySeriesOfEdits_data() {
        QTest::addColumn<quint32>("seed");
        for (const quint32 seed : {1U, 7U, 42U, 1999U})
            QTest::addRow("seed %u", seed) << seed;
    }
    void undoTakesBackAnySeriesOfEdits() {
        QFETCH(quint32, seed);
        const Graph start = test::skipNetwork();
        CanvasFixture f(start);
        f.trigger("canvas.layout");
        f.document.undoStack()->clear();
        const Graph initial = f.document.graph();
        QRandomGenerator random(seed);
        std::vector<Graph> seen{initial};
        for (int i = 0; i < 80; ++i) {
            act(f, random);
            // A merged step, or one that changed nothing, leaves the count as it was.
            const auto count = static_cast<std::size_t>(f.document.undoStack()->count());
            seen.resize(count + 1);
            seen[count] = f.document.graph();
            expectInStep(f);
        }
        QVERIFY(seen.size() > 30);
        for (std::size_t i = seen.size() - 1; i > 0; --i) {
            f.document.undoStack()->undo();
            QVERIFY2(f.document.graph() == seen[i - 1], qPrintable(QString::number(i)));
        }
        QVERIFY(f.document.graph() == initial);
        expectInStep(f);
        for (std::size_t i = 1; i < seen.size(); ++i) {
            f.document.undoStack()->redo();
            QVERIFY2(f.document.graph() == seen[i], qPrintable(QString::number(i)));
        }
        expectInStep(f);
    }

  private:
    static QSet<NodeId> some(const CanvasFixture& f, QRandomGenerator& random, int most) {
        const auto& nodes = f.document.graph().nodes();
        QSet<NodeId> chosen;
        for (int i = 0; i < most && !nodes.empty(); ++i)
            chosen.insert(nodes[random.bounded(static_cast<quint32>(nodes.size()))].id);
        return chosen;
    }

    static void act(CanvasFixture& f, QRandomGenerator& random) {
        const LayerRegistry& layers = layerRegistry();
        f.document.select(some(f, random, 1 + random.bounded(3)));
        switch (random.bounded(10)) {
        case 0:
        case 1:
            f.view.addLayerAtCenter(
                QString::fromStdString(layers[random.bounded(static_cast<quint32>(layers.size()))].id));
            break;
        case 2:
            f.trigger("canvas.duplicate");
            break;
        case 3:
            f.trigger("canvas.delete");
            break;
        case 4:
            f.trigger("canvas.dissolve");
            break;
        case 5:
            f.trigger("canvas.bypass");
            break;
        case 6:
            f.key(Qt::Key_Down, Qt::ControlModifier);
            break;
        case 7:
            if (const auto two = some(f, random, 2); two.size() == 2)
                connectNodes(f.document, {*two.begin(), *std::next(two.begin()), random.bounded(2)});
            break;
        case 8:
            f.key(Qt::Key_L, Qt::ControlModifier);
            break;
        default:
            if (!f.document.selection().isEmpty())
                renameNode(f.document, *f.document.selection().begin(), QStringLiteral("name"));
        }
    }

    /// The items are those of the graph, where the graph has them.
    static void expectInStep(const CanvasFixture& f) {
        QCOMPARE(f.view.canvas().nodes().size(), f.document.graph().nodes().size());
        QCOMPARE(f.view.canvas().edges().size(), f.document.graph().edges().size());
        for (const Node& node : f.document.graph().nodes()) {
            const NodeItem* item = f.view.canvas().node(node.id);
            QVERIFY(item);
            QCOMPARE(item->pos(), QPointF(node.position.x, node.position.y));
            QCOMPARE(item->facts().name, QString::fromStdString(node.name));
        }
    }
};

QTEST_MAIN(TestCanvasKeys)
#include "canvas_keys_test.moc"
