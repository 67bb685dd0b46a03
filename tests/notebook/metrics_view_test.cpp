#include "engine/train/metric.h"
#include "notebook/confusion_matrix.h"
#include "notebook/metrics_view.h"
#include "theme/contrast.h"
#include "theme/theme.h"

#include <QHelpEvent>
#include <QImage>
#include <QLabel>
#include <QStandardItemModel>
#include <QTest>
#include <QToolTip>

#include <algorithm>

using namespace burdock;

class MetricsViewTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() { Theme::instance().install(*qApp); }

    void showsTotalsClassesAndConfusions() {
        // Three cats of which one is taken for a dog, one dog that is found.
        MetricSet measured({Task::Multiclass, 2, 1, 0.5f, true});
        std::vector<float> outputs{2, 1, 3, 0, 0, 1, 0, 5}, targets{0, 0, 0, 1};
        measured.add({outputs.data(), {2, 1, 1}, 4}, {targets.data(), {1, 1, 1}, 4});
        MetricsView view;
        view.resize(900, 500);
        view.setMetrics(measured.results(), {QStringLiteral("cat"), QStringLiteral("dog")});
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QCOMPARE(view.totals().item(0, 0)->text(), QStringLiteral("Accuracy"));
        QCOMPARE(view.totals().item(0, 1)->text(), QStringLiteral("75.0 %"));
        QCOMPARE(view.byClass().rowCount(), 2);
        QCOMPARE(view.byClass().item(1, 0)->text(), QStringLiteral("dog"));
        QCOMPARE(view.byClass().horizontalHeaderItem(1)->text(), QStringLiteral("Precision"));
        QCOMPARE(view.byClass().item(1, 1)->text(), QStringLiteral("50.0 %"));
        ConfusionMatrix& matrix = view.matrix();
        QVERIFY(matrix.isVisible());
        QCOMPARE(matrix.count(0, 0), 2.0);
        QCOMPARE(matrix.count(0, 1), 1.0);
        const QPoint at = matrix.cellCenter(0, 1).toPoint();
        QHelpEvent help(QEvent::ToolTip, at, matrix.mapToGlobal(at));
        QCoreApplication::sendEvent(&matrix, &help);
        QVERIFY2(QToolTip::text().contains(QStringLiteral("“cat” are taken for “dog”")),
                 qPrintable(QToolTip::text()));
    }

    /// Of several numbers to predict each has its own error, in its own unit.
    void eachTargetHasItsOwnErrors() {
        MetricSet measured({Task::Regression, 2});
        std::vector<float> outputs{1, 100, 3, 300}, targets{2, 110, 4, 290};
        measured.add({outputs.data(), {2, 1, 1}, 2}, {targets.data(), {2, 1, 1}, 2});
        MetricsView view;
        view.setMetrics(measured.results(), {QStringLiteral("height"), QStringLiteral("price")});
        QCOMPARE(view.byClass().horizontalHeaderItem(0)->text(), QStringLiteral("Target"));
        QCOMPARE(view.byClass().rowCount(), 2);
        int rmse = 0;
        while (view.byClass().horizontalHeaderItem(rmse)->text() != QStringLiteral("Root mean squared error"))
            ++rmse;
        // A mean of metres and euros is none.
        QCOMPARE(view.totals().rowCount(), 2);
        QCOMPARE(view.totals().item(0, 0)->text(), QStringLiteral("Mean absolute percentage error"));
        QCOMPARE(view.totals().item(1, 0)->text(), QStringLiteral("R²"));
        QVERIFY(view.totals().item(1, 2)->text().endsWith(QStringLiteral("Here the mean over the targets.")));
        QCOMPARE(view.byClass().item(0, 0)->text(), QStringLiteral("height"));
        QCOMPARE(view.byClass().item(0, rmse)->text().toDouble(), 1.0);
        QCOMPARE(view.byClass().item(1, 0)->text(), QStringLiteral("price"));
        QCOMPARE(view.byClass().item(1, rmse)->text().toDouble(), 10.0);
    }

    /// Of one label both its own row and that of its absence are told, whatever the metric.
    void oneLabelOfPixelsHasItsRow() {
        MetricSet measured({Task::Multilabel, 4, 4, 0.5f, true});
        std::vector<float> outputs{1, 1, 0, 0}, targets{1, 0, 0, 0};
        measured.add({outputs.data(), {4, 1, 1}, 1}, {targets.data(), {4, 1, 1}, 1});
        MetricsView view;
        view.setMetrics(measured.results(), {QStringLiteral("not cell"), QStringLiteral("cell")});
        QCOMPARE(view.byClass().rowCount(), 2);
        const auto at = [&view](int row, const QString& title) {
            for (int column = 0; column < view.byClass().columnCount(); ++column)
                if (view.byClass().horizontalHeaderItem(column)->text() == title)
                    return view.byClass().item(row, column)->text();
            return QString();
        };
        QCOMPARE(at(1, QStringLiteral("Class")), QStringLiteral("cell"));
        QCOMPARE(at(1, QStringLiteral("Precision")), QStringLiteral("50.0 %"));
        QCOMPARE(at(1, QStringLiteral("IoU")), QStringLiteral("50.0 %"));
        QCOMPARE(at(0, QStringLiteral("IoU")), QStringLiteral("–"));
    }

    void saysOnWhichSetItWasMeasured() {
        MetricSet measured({Task::Regression, 1});
        std::vector<float> outputs{1, 3}, targets{2, 4};
        measured.add({outputs.data(), {1, 1, 1}, 2}, {targets.data(), {1, 1, 1}, 2});
        MetricsView view;
        view.setMetrics(measured.results(), {});
        view.show();
        QVERIFY(std::ranges::any_of(view.findChildren<QLabel*>(), [](const QLabel* label) {
            return label->isVisible() && label->text().startsWith(QStringLiteral("Measured on the test set"));
        }));
    }

    /// However many of a class they are: on every shade of both colours, in both schemes.
    void numbersAreLegible() {
        ConfusionMatrix matrix;
        matrix.resize(400, 360);
        for (const auto mode : {Theme::Mode::Dark, Theme::Mode::Light}) {
            Theme::instance().setMode(mode);
            for (int right = 5; right <= 95; right += 5) {
                const double r = right, w = 100 - right;
                matrix.setCounts({r, w, w, r}, {QStringLiteral("cat"), QStringLiteral("dog")});
                const QImage drawn = matrix.grab().toImage();
                for (int predicted : {0, 1}) {
                    const QPoint middle = matrix.cellCenter(0, predicted).toPoint();
                    const QColor ground = drawn.pixelColor(middle - QPoint(40, 40));
                    double best = 1; // that of the pixels which a stroke fills
                    for (int y = -8; y <= 8; ++y)
                        for (int x = -12; x <= 12; ++x)
                            best = std::max(best, contrast(drawn.pixelColor(middle + QPoint(x, y)), ground));
                    QVERIFY2(
                        best > 3.7,
                        qPrintable(QStringLiteral("%1 of 100: %2").arg(predicted == 0 ? r : w).arg(best)));
                }
            }
        }
    }

    /// Ten classes on a small screen still have them; where letters would be too small to be read, none is
    /// drawn, and the keyboard tells them.
    void countsStandInCellsAsLongAsTheyCanBeRead() {
        ConfusionMatrix matrix;
        const auto fill = [&matrix](int classes, double count) {
            QStringList names;
            for (int i = 0; i < classes; ++i)
                names << QStringLiteral("class %1").arg(i);
            matrix.setCounts(std::vector<double>(static_cast<std::size_t>(classes * classes), count), names);
        };
        matrix.resize(360, 246);
        fill(10, 100);
        const auto font = matrix.countFont();
        QVERIFY(font && font->pixelSize() >= 8);
        const double cell = matrix.cellCenter(0, 1).x() - matrix.cellCenter(0, 0).x();
        QVERIFY(cell < 24);
        QVERIFY(QFontMetricsF(*font).horizontalAdvance(QStringLiteral("100")) < cell);
        matrix.resize(700, 600);
        QCOMPARE(matrix.countFont()->pixelSize(),
                 Theme::instance().font(QStringLiteral("caption")).pixelSize());
        fill(100, 7);
        matrix.resize(360, 246);
        QVERIFY(!matrix.countFont());
        matrix.show();
        matrix.setFocus(Qt::TabFocusReason);
        QTest::keyClick(&matrix, Qt::Key_Right);
        QTest::keyClick(&matrix, Qt::Key_Down);
        QTest::keyClick(&matrix, Qt::Key_Down);
        const QString told = QStringLiteral("7 of 700 samples of “class 2” are taken for “class 1”");
        QVERIFY2(matrix.accessibleDescription().startsWith(told), qPrintable(matrix.accessibleDescription()));
        QCOMPARE(QToolTip::text(), matrix.accessibleDescription());
        QTest::keyClick(&matrix, Qt::Key_End);
        QVERIFY(matrix.accessibleDescription().contains(QStringLiteral("“class 99”")));
    }

    void withoutMetricsItSaysHowToGetThem() {
        MetricsView view;
        view.resize(600, 400);
        view.setMetrics({}, {});
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QVERIFY(!view.matrix().isVisible());
        QCOMPARE(view.totals().rowCount(), 0);
    }
};

QTEST_MAIN(MetricsViewTest)
#include "metrics_view_test.moc"
