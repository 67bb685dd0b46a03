#include "dashboard/curve_chart.h"
#include "dashboard/curve_pen.h"
#include "dashboard/curve_plot.h"
#include "support/await.h"
#include "support/processor_time.h"
#include "theme/theme.h"

#include <QChart>
#include <QChartView>
#include <QCheckBox>
#include <QImage>
#include <QLabel>
#include <QLineSeries>
#include <QScatterSeries>
#include <QSlider>
#include <QTemporaryDir>
#include <QToolButton>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <set>

using namespace burdock;

namespace {

Points decay(int count) {
    Points points;
    for (int i = 1; i <= count; ++i)
        points.append({double(i), 0.2 + 2 * std::exp(-i / 500.0) + 0.1 * std::sin(i * 1.7)});
    return points;
}

const CurveStyle training{QStringLiteral("Training"), QColor(0, 114, 178), true, false, false};

/// How many pixels of the picture are nearly of this colour.
int pixelsOf(const QImage& image, const QColor& color) {
    int count = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) {
            const QColor c = image.pixelColor(x, y);
            count += std::abs(c.red() - color.red()) + std::abs(c.green() - color.green()) +
                         std::abs(c.blue() - color.blue()) <
                     40;
        }
    return count;
}

} // namespace

class TestCurveChart : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() { Theme::instance().install(*qApp); }

    /// Colours come again after some runs: then the dashes tell them apart.
    void noTwoRunsLookAlike() {
        QVector<qint64> ids, ofOneColour;
        for (qint64 id = 1; ofOneColour.size() < dashCount; ++id)
            if (Theme::instance().runColor(id) == Theme::instance().runColor(1)) ofOneColour << id;
        for (qint64 id = 1; id <= dashCount; ++id)
            ids << id;
        // And of one colour with the dashes of one round, as after many runs.
        const qint64 round = ofOneColour[1] - ofOneColour[0];
        const QVector<qint64> farApart{1, 1 + round * dashCount, 1 + 2 * round * dashCount};
        for (const QVector<qint64>& runs : {ids, ofOneColour, farApart}) {
            const QVector<int> dashes = runDashes(runs);
            std::set<std::pair<QRgb, std::vector<qreal>>> looks;
            for (qsizetype i = 0; i < runs.size(); ++i) {
                const QPen pen = curvePen(Theme::instance().runColor(runs[i]), 2, dashes[i]);
                const QVector<qreal> pattern = pen.dashPattern();
                looks.insert({pen.color().rgb(), {pattern.begin(), pattern.end()}});
            }
            QCOMPARE(static_cast<qsizetype>(looks.size()), runs.size());
        }
        // A run's dash is its own, whichever others are chosen and in which order.
        QCOMPARE(runDashes({ofOneColour[2]}).front(), runDashes(ofOneColour)[2]);
        QCOMPARE(runDashes({ofOneColour[2], 1}).front(), runDashes(ofOneColour)[2]);
        QCOMPARE(runDashes({1}).front(), 0);
    }

    /// The legend goes on in a further row before it loses a name.
    void aLongLegendIsNotCut() {
        CurveChart chart;
        chart.setLegendBelow();
        chart.resize(300, 320);
        chart.show();
        for (int run = 1; run <= 12; ++run)
            chart.setCurve(QString::number(run),
                           {.label = QStringLiteral("Run %1").arg(run),
                            .color = Theme::instance().runColor(run),
                            .dash = run % dashCount},
                           decay(10));
        const auto cut = [&] {
            QStringList names;
            for (const QToolButton* button : chart.findChildren<QToolButton*>())
                if (button->text().startsWith(QStringLiteral("Run")) &&
                    (button->width() < button->sizeHint().width() ||
                     !chart.rect().contains({button->mapTo(&chart, QPoint()), button->size()})))
                    names << button->text();
            return names;
        };
        AWAIT_COMPARE(cut(), QStringList());
    }

    void drawsFewPointsOfALongCurve() {
        CurveChart chart;
        chart.resize(700, 300);
        chart.show();
        chart.setCurve(QStringLiteral("t"), training, decay(100'000));
        AWAIT_VERIFY(!chart.drawnPoints(QStringLiteral("t")).isEmpty());
        QVERIFY(chart.drawnPoints(QStringLiteral("t")).size() <= 1002);
        QCOMPARE(chart.shownX(), (Range{1, 100'000}));
        QVERIFY(pixelsOf(chart.grab().toImage(), training.color) > 300);
    }

    void dotsLeaveTheLineInSight() {
        CurveChart chart;
        chart.resize(700, 300);
        chart.show();
        CurveStyle epochs = training;
        epochs.smooth = false;
        epochs.markers = true;
        const auto dots = [&] {
            for (QAbstractSeries* series : chart.findChild<QChartView*>()->chart()->series())
                if (auto* scatter = qobject_cast<QScatterSeries*>(series)) return scatter->count();
            return -1;
        };
        chart.setCurve(QStringLiteral("v"), epochs, decay(20));
        AWAIT_COMPARE(dots(), 20);
        chart.setCurve(QStringLiteral("v"), epochs, decay(300)); // a dot every two pixels
        AWAIT_COMPARE(dots(), 0);
        QVERIFY(pixelsOf(chart.grab().toImage(), training.color) > 300);
    }

    void noTwoTicksSayTheSame() {
        ChartView view;
        view.resize(400, 300);
        CurvePlot plot(view);
        plot.yFormat = humanNumber;
        for (const Points& points : {Points{{1, 0.0005}, {2, 0.00049999}}, Points{{1, 0.0005}, {2, 0.000499}},
                                     Points{{1, 0.7832}, {2, 0.7827}}})
            for (const bool log : {false, true}) {
                plot.remove(QStringLiteral("c"));
                plot.add(QStringLiteral("c")).points = points;
                plot.log = log;
                plot.refresh();
                QStringList labels;
                for (const auto& [position, label] : view.yTicks())
                    labels << label;
                QVERIFY(!labels.isEmpty());
                QVERIFY2(!labels.removeDuplicates(), qPrintable(labels.join(u' ')));
            }
    }

    void legendHidesACurveByMouse() {
        CurveChart chart;
        chart.resize(700, 300);
        chart.setCurve(QStringLiteral("t"), training, decay(1000));
        chart.show();
        QTest::qWait(20);
        QToolButton* chip = nullptr;
        for (QToolButton* button : chart.findChildren<QToolButton*>())
            if (button->text() == QStringLiteral("Training")) chip = button;
        QVERIFY(chip);
        const int before = pixelsOf(chart.grab().toImage(), training.color);
        QTest::mouseClick(chip, Qt::LeftButton);
        QVERIFY(!chart.isCurveVisible(QStringLiteral("t")));
        QTest::qWait(20);
        QVERIFY(pixelsOf(chart.grab().toImage(), training.color) < before / 4);
        QTest::mouseClick(chip, Qt::LeftButton);
        QVERIFY(chart.isCurveVisible(QStringLiteral("t")));
    }

    void aNarrowHeaderKeepsItsControlsWhole() {
        CurveChart chart;
        chart.setTitle(QStringLiteral("Accuracy"));
        chart.resize(416, 300);
        chart.show();
        CurveStyle validation = training;
        validation.label = QStringLiteral("Validation");
        chart.setCurve(QStringLiteral("t"), training, decay(100));
        chart.setCurve(QStringLiteral("v"), validation, decay(100));
        // The first control that is cut, outside or covered, or how many there are.
        const auto trouble = [&]() -> QString {
            QList<QRect> taken;
            for (QWidget* part : chart.findChildren<QWidget*>()) {
                if (!part->isVisibleTo(&chart)) continue;
                if (!qobject_cast<QAbstractButton*>(part) && !qobject_cast<QSlider*>(part)) continue;
                const QRect place(part->mapTo(&chart, QPoint()), part->size());
                const bool covered =
                    std::ranges::any_of(taken, [&](const QRect& other) { return place.intersects(other); });
                if (covered || !chart.rect().contains(place) ||
                    part->width() < std::max(48 * (qobject_cast<QSlider*>(part) != nullptr),
                                             part->minimumSizeHint().width()))
                    return part->accessibleName();
                taken << place;
            }
            return QStringLiteral("%1 controls").arg(taken.size());
        };
        auto* box = chart.findChild<QCheckBox*>();
        const QString whole = QStringLiteral("5 controls"); // two curves, smoothing, scale, export
        AWAIT_COMPARE(trouble(), whole);
        // Too narrow for one row: then the legend has a row of its own.
        chart.resize(280, 300);
        QTest::qWait(20);
        AWAIT_COMPARE(trouble(), whole);
        // The same control has the same words in every chart that has room for them.
        const QString words = box->text();
        const auto isLabelled = [&chart] {
            return std::ranges::any_of(chart.findChildren<QLabel*>(), [&](const QLabel* label) {
                return label->isVisibleTo(&chart) && label->text() == QStringLiteral("Smoothing");
            });
        };
        for (const int width : {416, 900}) {
            chart.resize(width, 300);
            AWAIT_VERIFY(isLabelled());
            QCOMPARE(box->text(), words);
        }
    }

    /// As two charts beside each other on a small screen.
    void theScaleKeepsItsWordsBesideALongTitle() {
        CurveChart chart;
        chart.setTitle(QStringLiteral("Accuracy"));
        chart.show();
        for (const QString& name : {QStringLiteral("Training"), QStringLiteral("Validation")}) {
            CurveStyle style = training;
            style.label = name;
            chart.setCurve(name, style, decay(100));
        }
        const auto* scale = chart.findChild<QCheckBox*>();
        for (const int width : {900, 240, 300}) {
            chart.resize(width, 200);
            QTest::qWait(20);
            AWAIT_COMPARE(scale->text(), QStringLiteral("Log scale"));
            AWAIT_VERIFY(scale->width() >= scale->minimumSizeHint().width());
            AWAIT_VERIFY(chart.rect().contains(QRect(scale->mapTo(&chart, QPoint()), scale->size())));
        }
    }

    void dotsThatWouldTouchAreLeftOut() {
        CurveChart chart;
        chart.resize(500, 250);
        CurveStyle dotted = training;
        dotted.smooth = false;
        dotted.markers = true;
        chart.setCurve(QStringLiteral("t"), dotted, decay(12));
        chart.show();
        const auto dots = [&] {
            for (QAbstractSeries* series : chart.findChild<QChartView*>()->chart()->series())
                if (auto* found = qobject_cast<QScatterSeries*>(series)) return found->count();
            return -1;
        };
        AWAIT_COMPARE(dots(), 12);
        chart.setCurve(QStringLiteral("t"), dotted, decay(900));
        AWAIT_COMPARE(dots(), 0);
    }

    void logScaleDrawsLogarithms() {
        CurveChart chart;
        chart.resize(600, 300);
        chart.setSmoothing(0);
        chart.setCurve(QStringLiteral("t"), training, {{1, 100}, {2, 1}, {3, 0}, {4, 0.01}});
        chart.show();
        auto* box = chart.findChild<QCheckBox*>();
        QVERIFY(box);
        QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(10, box->height() / 2));
        QVERIFY(chart.logScale());
        AWAIT_COMPARE(chart.drawnPoints(QStringLiteral("t")), (Points{{1, 2}, {2, 0}, {4, -2}}));
    }

    void smoothingSliderByKey() {
        CurveChart chart;
        chart.resize(600, 300);
        chart.setSmoothing(0.5);
        chart.setCurve(QStringLiteral("t"), training, {{1, 4}, {2, 0}});
        chart.show();
        AWAIT_COMPARE(chart.drawnPoints(QStringLiteral("t")).value(1).y(), 1.0 / 0.75);
        auto* slider = chart.findChild<QSlider*>();
        QSignalSpy changed(&chart, &CurveChart::smoothingChanged);
        QTest::keyClick(slider, Qt::Key_Home);
        QCOMPARE(chart.smoothing(), 0.0);
        QCOMPARE(changed.size(), 1);
        AWAIT_COMPARE(chart.drawnPoints(QStringLiteral("t")).value(1).y(), 0.0);
    }

    void draggingZoomsAndDoubleClickResets() {
        CurveChart chart;
        chart.resize(700, 300);
        chart.setCurve(QStringLiteral("t"), training, decay(1000));
        chart.show();
        AWAIT_COMPARE(chart.shownX(), (Range{1, 1000}));
        QWidget* surface = chart.findChild<QChartView*>()->viewport();
        const int y = surface->height() / 2;
        QTest::mousePress(surface, Qt::LeftButton, {}, {surface->width() / 3, y});
        QTest::mouseMove(surface, {surface->width() / 2, y});
        QTest::mouseMove(surface, {surface->width() * 2 / 3, y});
        QTest::mouseRelease(surface, Qt::LeftButton, {}, {surface->width() * 2 / 3, y});
        AWAIT_VERIFY(chart.shownX().low > 200 && chart.shownX().high < 800);
        QTest::mouseDClick(surface, Qt::LeftButton, {}, {surface->width() / 2, y});
        AWAIT_COMPARE(chart.shownX(), (Range{1, 1000}));
    }

    void exportsPictureAndValues() {
        QTemporaryDir folder;
        CurveChart chart;
        chart.resize(500, 250);
        chart.setAxes(QStringLiteral("Step"), QStringLiteral("Loss"));
        chart.setCurve(QStringLiteral("a"), {QStringLiteral("Run, first"), Qt::red, false, false, false},
                       {{1, 0.5}, {2, 0.25}});
        chart.setCurve(QStringLiteral("b"), {QStringLiteral("Second"), Qt::blue, false, false, false},
                       {{2, 8}});
        QVERIFY(!chart.savePng(folder.filePath("chart.png")));
        QCOMPARE(QImage(folder.filePath("chart.png")).size(), QSize(1000, 500));
        QVERIFY(!chart.saveCsv(folder.filePath("chart.csv")));
        QFile file(folder.filePath("chart.csv"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("Step,\"Run, first\",Second\n1,0.5,\n2,0.25,8\n"));
        QVERIFY(chart.savePng(folder.filePath("missing/chart.png"))
                    .value_or(QString())
                    .contains(QString::fromLocal8Bit(std::strerror(ENOENT))));
    }

    void followsTheTheme() {
        CurveChart chart;
        chart.resize(400, 200);
        chart.setCurve(QStringLiteral("t"), training, decay(100));
        chart.show();
        for (const Theme::Mode mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
            Theme::instance().setMode(mode);
            QTest::qWait(20);
            QVERIFY(pixelsOf(chart.grab().toImage(), Theme::instance().color(QStringLiteral("raised"))) >
                    10'000);
        }
    }

    void aHundredThousandStepsDrawInLittleTime() {
        CurveChart chart;
        chart.resize(700, 300);
        chart.show();
        const Points points = decay(100'000);
        chart.setCurve(QStringLiteral("t"), training, points);
        QTest::qWait(50);
        const double begun = test::processorSeconds();
        for (int i = 0; i < 8; ++i) {
            chart.setCurve(QStringLiteral("t"), training, points);
            QCoreApplication::processEvents();
            chart.grab();
        }
        const double redraw = (test::processorSeconds() - begun) / 8;
        qInfo("one redraw of 100,000 steps: %.1f ms", redraw * 1e3);
        QVERIFY(redraw < 0.25); // the window may be held up by a fifth of it
    }
};

QTEST_MAIN(TestCurveChart)
#include "curve_chart_test.moc"
