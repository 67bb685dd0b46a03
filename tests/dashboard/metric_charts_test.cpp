#include "dashboard/metric_charts.h"

#include "dashboard/chart_view.h"
#include "dashboard/curve_chart.h"
#include "support/await.h"
#include "theme/theme.h"

#include <QMenu>
#include <QSet>
#include <QTest>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <random>

using namespace burdock;

namespace {

/// Correct or not, one sample after another, three of four correct in the end.
Points singleSamples(int count) {
    std::mt19937 random(7);
    std::uniform_real_distribution<double> chance(0, 1);
    Points points;
    for (int i = 1; i <= count; ++i)
        points.append({double(i), chance(random) < 0.75 ? 1.0 : 0.0});
    return points;
}

const QList<ClockPoint> epochEnds{{100, 1, 8}, {200, 2, 24}};

QList<SeriesCurve> losses() {
    Points points;
    for (int step = 1; step <= 200; ++step)
        points.append({double(step), 1.0 / step});
    return {{QStringLiteral("train.loss"), points, true},
            {QStringLiteral("validation.loss"), {{100, 0.5}, {200, 0.4}}, false}};
}

/// Counts what is resized as long as it is there.
struct Resizes : QObject {
    int count = 0;
    Resizes() { qApp->installEventFilter(this); }
    bool eventFilter(QObject*, QEvent* event) override {
        count += event->type() == QEvent::Resize ? 1 : 0;
        return false;
    }
};

} // namespace

class TestMetricCharts : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() { Theme::instance().install(*qApp); }

    void curvesAlongEpochsAndTime() {
        const Points points{{50, 1}, {100, 2}, {150, 3}, {250, 4}};
        QCOMPARE(alongAxis(points, epochEnds, CurveAxis::Step), points);
        QCOMPARE(alongAxis(points, epochEnds, CurveAxis::Epoch),
                 (Points{{0.5, 1}, {1, 2}, {1.5, 3}, {2.5, 4}}));
        QCOMPARE(alongAxis(points, epochEnds, CurveAxis::Time), (Points{{4, 1}, {8, 2}, {16, 3}, {32, 4}}));
        QCOMPARE(alongAxis(points, {}, CurveAxis::Time), points); // nothing is known of it
    }

    /// One click on the axis's name, and all charts are drawn along another.
    void theAxisIsChosenAtItsName() {
        MetricCharts charts;
        charts.resize(900, 320);
        charts.setClock(epochEnds);
        charts.setCurves(losses());
        charts.show();
        CurveChart& chart = *charts.chart(QStringLiteral("loss"));
        auto* view = chart.findChild<ChartView*>();
        AWAIT_COMPARE(view->xName(), QStringLiteral("Step"));
        AWAIT_VERIFY(!view->xNamePlace().isEmpty());
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->xNamePlace().center().toPoint());
        AWAIT_VERIFY(QApplication::activePopupWidget());
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        QVERIFY(menu);
        QCOMPARE(menu->actions().size(), 3);
        menu->actions()[1]->trigger();
        menu->close();
        QCOMPARE(charts.axis(), CurveAxis::Epoch);
        AWAIT_COMPARE(view->xName(), QStringLiteral("Epoch"));
        QCOMPARE(chart.curve(QStringLiteral("validation")).last().x(), 2.0);
        charts.setAxis(CurveAxis::Time);
        QCOMPARE(chart.curve(QStringLiteral("validation")).last().x(), 24.0);
        AWAIT_COMPARE(view->xName(), QStringLiteral("Time"));
        charts.setClock({}); // of a run whose epochs are not known
        charts.setCurves(losses());
        AWAIT_COMPARE(view->xName(), QStringLiteral("Step"));
        QCOMPARE(chart.curve(QStringLiteral("validation")).last().x(), 200.0);
    }

    /// However narrow it is, beside a surface in a small window, no chart is cut off.
    void chartsStandBelowOneAnotherWhereThereIsNoRoom() {
        MetricCharts charts;
        QList<SeriesCurve> curves = losses();
        curves.append({QStringLiteral("validation.r2"), {{10, 0.1}, {20, 0.2}}});
        charts.setCurves(curves);
        charts.show();
        for (const auto& [width, columns] : {std::pair(320, 1), std::pair(551, 2), std::pair(900, 2)}) {
            charts.resize(width, 500);
            const auto lefts = [&] {
                QSet<int> all;
                for (const char* metric : {"loss", "r2"}) {
                    const CurveChart* chart = charts.chart(QString::fromLatin1(metric));
                    const QRect place(chart->mapTo(&charts, QPoint()), chart->size());
                    all << (place.right() < charts.width() ? place.left() : -1);
                }
                return all;
            };
            AWAIT_COMPARE(lefts().size(), columns);
            QVERIFY(!lefts().contains(-1));
            // They come to rest, and do not resize one another for ever.
            AWAIT_VERIFY([&] {
                Resizes resizes;
                QTest::qWait(100);
                return resizes.count == 0;
            }());
        }
    }

    void earlierRunsStayBehind() {
        MetricCharts charts;
        charts.resize(900, 320);
        charts.setCurves(losses());
        charts.show();
        CurveChart& chart = *charts.chart(QStringLiteral("loss"));
        QCOMPARE(chart.curveKeys().size(), 2);
        charts.setGhosts({{QStringLiteral("#1 MLP"), QStringLiteral("#1"), losses(), epochEnds},
                          {QStringLiteral("#2 MLP"), QStringLiteral("#2"), losses(), {}}});
        charts.setCurves(losses());
        QCOMPARE(chart.curveKeys().size(), 4);
        QVERIFY(chart.curveKeys().first().startsWith(QStringLiteral("ghost."))); // drawn first
        QStringList legend;
        for (const auto* chip : chart.findChildren<QToolButton*>())
            legend << chip->text();
        QVERIFY(legend.contains(QStringLiteral("#1")) && legend.contains(QStringLiteral("#2")));
        charts.setClock(epochEnds);
        charts.setAxis(CurveAxis::Epoch); // of the second nobody knows its epochs
        QCOMPARE(chart.curveKeys().size(), 3);
        charts.setGhosts({});
        charts.setCurves(losses());
        QCOMPARE(chart.curveKeys().size(), 2);
    }

    /// What a batch of one says is 0 or 1: over many of them the curve is as smooth as any other.
    void singleSampleBatchesAreSmooth() {
        CurveChart chart;
        chart.resize(700, 300);
        const QString key = QStringLiteral("t");
        chart.setCurve(key, {.label = key, .color = Qt::red, .smooth = true}, singleSamples(40'000));
        chart.show();
        AWAIT_VERIFY(!chart.drawnPoints(key).isEmpty());
        double low = 1, high = 0;
        for (const QPointF& p : chart.drawnPoints(key))
            if (p.x() > 10'000) {
                low = std::min(low, p.y());
                high = std::max(high, p.y());
            }
        QVERIFY2(high - low < 0.1, qPrintable(QString::number(high - low)));
    }

    /// The faint curve behind the smooth one is seen whole, unless a few outliers would flatten both.
    void theTopsOfRawCurvesAreInThePicture() {
        CurveChart chart;
        chart.resize(700, 300);
        Points noisy;
        for (int i = 1; i <= 200; ++i)
            noisy.append({double(i), 1 + 0.3 * std::sin(i * 1.7)});
        const QString key = QStringLiteral("t");
        const CurveStyle style{.label = key, .color = Qt::red, .smooth = true};
        chart.setCurve(key, style, noisy);
        chart.show();
        const auto* view = chart.findChild<ChartView*>();
        const auto [low, high] = std::ranges::minmax(noisy, {}, &QPointF::y);
        AWAIT_VERIFY(view->yRange().high >= high.y() && view->yRange().low <= low.y());
        noisy[100].setY(500);
        chart.setCurve(key, style, noisy);
        AWAIT_VERIFY(chart.drawnPoints(key).size() > 1);
        QTest::qWait(50);
        QVERIFY(view->yRange().high < 400);
    }

    void axesBearTheirNames() {
        CurveChart chart;
        chart.resize(700, 300);
        chart.setTitle(QStringLiteral("Loss"));
        chart.setAxes(QStringLiteral("Step"), QStringLiteral("Loss"));
        chart.setCurve(QStringLiteral("t"), {}, singleSamples(20));
        chart.show();
        const auto* view = chart.findChild<ChartView*>();
        AWAIT_COMPARE(view->xName(), QStringLiteral("Step"));
        QCOMPARE(view->yName(), QString()); // the title above says it
        chart.setTitle(QStringLiteral("Search of a learning rate"));
        AWAIT_COMPARE(view->yName(), QStringLiteral("Loss"));
        QVERIFY(QRectF(view->viewport()->rect()).contains(view->xNamePlace()));
    }
};

QTEST_MAIN(TestMetricCharts)
#include "metric_charts_test.moc"
