// Whatever is added to a network finds room: no card lies on another, and the overview on none that matters.
#include "canvas/canvas_camera.h"
#include "canvas_fixture.h"
#include "engine/models/templates.h"
#include "theme/theme.h"

#include <algorithm>
#include <map>

using namespace burdock;
using burdock::test::CanvasFixture;

class TestCanvasRoom : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() { Theme::instance().install(*qApp); }

    /// Wherever on an edge it is let go, within a row or between two.
    void whatIsDroppedOnAnEdgeCoversNoCard_data() {
        QTest::addColumn<double>("share");
        QTest::addColumn<QString>("to");
        for (const char* to : {"conv 1", "pool 1", "conv 2", "flatten", "dense 2", "softmax"})
            for (const double share : {0.05, 0.5, 0.95})
                QTest::addRow("%s at %g", to, share) << share << QString::fromLatin1(to);
    }
    void whatIsDroppedOnAnEdgeCoversNoCard() {
        QFETCH(double, share);
        QFETCH(QString, to);
        CanvasFixture f(findTemplate("lecture-cnn")->build());
        f.trigger("canvas.layout");
        const Edge edge = *f.document.graph().edgeAt(f.id(qPrintable(to)), 0);
        const EdgeItem& line = *f.view.canvas().edge(edge);
        f.drop("batchnorm", f.at(line.path().pointAtPercent(share)));
        const NodeId added = f.id("batchnorm");
        QVERIFY(added);
        QCOMPARE(f.document.graph().edgeAt(edge.to, 0)->from, added);
        QVERIFY(f.view.visibleScene().contains(f.view.canvas().node(added)->cardRect()));
        expectApart(f);
    }

    void aCopyCoversNoCard_data() {
        QTest::addColumn<QStringList>("names");
        QTest::addRow("one") << QStringList{QStringLiteral("conv 2")};
        QTest::addRow("a row") << QStringList{QStringLiteral("conv 2"), QStringLiteral("relu 2")};
        QTest::addRow("across rows") << QStringList{QStringLiteral("pool 1"), QStringLiteral("conv 2"),
                                                    QStringLiteral("flatten")};
    }
    void aCopyCoversNoCard() {
        QFETCH(QStringList, names);
        CanvasFixture f(findTemplate("lecture-cnn")->build());
        f.trigger("canvas.layout");
        QSet<NodeId> chosen;
        for (const QString& name : names)
            chosen.insert(f.id(qPrintable(name)));
        f.document.select(chosen);
        f.trigger("canvas.copy");
        for (int i = 0; i < 3; ++i)
            f.trigger("canvas.paste");
        QCOMPARE(f.document.selection().size(), chosen.size());
        if (chosen.size() == 1) // more may not fit into the window
            QVERIFY(f.view.visibleScene().contains(
                f.view.canvas().node(*f.document.selection().begin())->cardRect()));
        f.trigger("canvas.duplicate");
        expectApart(f);
    }

    /// After laying out, no edge runs along another but where they leave one port.
    void edgesThatSkipLayersKeepApart_data() {
        QTest::addColumn<QSize>("window");
        for (const QSize size : {QSize(900, 640), QSize(520, 900), QSize(1400, 500), QSize(700, 700)})
            QTest::addRow("%d × %d", size.width(), size.height()) << size;
    }
    void edgesThatSkipLayersKeepApart() {
        QFETCH(QSize, window);
        CanvasFixture f(test::skipNetwork());
        f.view.resize(window);
        f.trigger("canvas.layout");
        std::map<QString, QList<QPointF>> lines;
        for (const auto& [edge, item] : f.view.canvas().edges())
            lines[f.view.canvas().node(edge.from)->facts().name + QStringLiteral(" to ") +
                  f.view.canvas().node(edge.to)->facts().name] = pointsOf(item->path());
        for (const auto& [nameA, a] : lines)
            for (const auto& [nameB, b] : lines)
                if (nameA != nameB)
                    QVERIFY2(
                        together(a, b) < 70,
                        qPrintable(
                            QStringLiteral("%1 and %2 for %3 px").arg(nameA, nameB).arg(together(a, b))));
    }

    void theOverviewGoesWhereItCoversLeast_data() {
        QTest::addColumn<QPoint>("at");
        QTest::addRow("bottom right") << QPoint(820, 580);
        QTest::addRow("top left") << QPoint(80, 60);
        QTest::addRow("bottom left") << QPoint(80, 580);
    }
    void theOverviewGoesWhereItCoversLeast() {
        QFETCH(QPoint, at);
        Graph graph;
        graph.add("input", {}, {4000, 3000}); // the view cannot show both
        graph.add("relu", {}, {0, 0});
        CanvasFixture f(graph);
        f.view.camera().setZoom(1);
        const auto* overview = f.view.findChild<QWidget*>(QStringLiteral("minimap"));
        const QPointF middle = QRectF(f.view.viewport()->rect()).center();
        f.view.lookAt(f.card("relu").cardRect().center() - (QPointF(at) - middle));
        QVERIFY((f.middle("relu") - at).manhattanLength() < 4);
        QVERIFY(overview->isVisible());
        AWAIT_VERIFY(
            !overview->geometry().intersects(f.view.mapFromScene(f.card("relu").cardRect()).boundingRect()));
        QVERIFY(overview->isVisible());
    }

  private:
    static constexpr double pitch = 2; ///< pixels between the points of a path

    static QList<QPointF> pointsOf(const QPainterPath& path) {
        QList<QPointF> points;
        for (double at = 0; at < path.length(); at += pitch)
            points << path.pointAtPercent(path.percentAtLength(at));
        return points;
    }
    /// How far the first line runs within three pixels of the second, in all.
    static double together(const QList<QPointF>& a, const QList<QPointF>& b) {
        const auto near = std::ranges::count_if(a, [&](const QPointF& at) {
            return std::ranges::any_of(b, [&](const QPointF& p) { return (p - at).manhattanLength() < 3; });
        });
        return pitch * static_cast<double>(near);
    }

    static void expectApart(const CanvasFixture& f) {
        const auto& nodes = f.view.canvas().nodes();
        for (auto a = nodes.begin(); a != nodes.end(); ++a)
            for (auto b = std::next(a); b != nodes.end(); ++b)
                QVERIFY2(
                    !a->second->cardRect().intersects(b->second->cardRect()),
                    qPrintable(a->second->facts().name + QStringLiteral(" and ") + b->second->facts().name));
    }
};

QTEST_MAIN(TestCanvasRoom)
#include "canvas_room_test.moc"
