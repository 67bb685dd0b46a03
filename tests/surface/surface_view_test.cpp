#include "drawn_runs.h"
#include "support/await.h"
#include "surface/surface_box.h"
#include "theme/theme.h"

#include <QComboBox>
#include <QLabel>
#include <QSignalSpy>
#include <QTest>

using namespace burdock;
using namespace burdock::testing;

/// How a surface is shown, and what it tells.
class TestSurfaceView : public QObject {
    Q_OBJECT

    static std::shared_ptr<const DrawnSurface> ofClouds(Task task = Task::Multiclass) {
        const auto data = std::make_shared<const Clouds>(task, 203, task == Task::Binary ? 2 : 3);
        TrainConfig config;
        config.epochs = 30;
        config.learningRate = 0.02;
        config.validationFraction = 0.2;
        const auto network = learned(task == Task::Regression ? burdock::testing::network(1)
                                     : task == Task::Binary   ? burdock::testing::network(1, "sigmoid")
                                                              : burdock::testing::network(3, "softmax"),
                                     data, config);
        return drawn(*network, *data, {}, 40);
    }
    static void open(QWidget& widget) {
        widget.resize(420, 400);
        widget.show();
        QVERIFY(QTest::qWaitForWindowExposed(&widget));
    }

  private slots:
    void initTestCase() { Theme::instance().install(*qApp); }

    void thePointerIsToldTheAnswer() {
        SurfaceBox box;
        box.setSurface(ofClouds());
        open(box);
        const Surface& surface = box.view().surface()->surface;
        // In the middle of the first class, whose samples lie around (1300, 0).
        const QPoint pixel = box.view().toPixel(1300, 0).toPoint();
        QVERIFY(box.view().reading().isEmpty());
        QTest::mouseMove(&box.view(), pixel);
        AWAIT_VERIFY(!box.view().reading().isEmpty());
        const QStringList told = box.view().reading();
        QCOMPARE(told.size(), 3);
        QVERIFY2(told[0].startsWith(QStringLiteral("value 1 1 3")) ||
                     told[0].contains(QStringLiteral("130")) || told[0].contains(QStringLiteral("129")),
                 qPrintable(told[0]));
        QVERIFY(told[1].startsWith(QStringLiteral("value 2 ")));
        const auto answer = surface.at(1300, 0);
        QCOMPARE(classIn(answer), 0);
        QCOMPARE(box.view().reading(1300, 0).last(),
                 QStringLiteral("%1, %2").arg(surface.scene->classNames(0)[0],
                                              humanPercent(static_cast<double>(answer[0]))));
        QTest::mouseMove(&box, QPoint(1, 1));
        AWAIT_VERIFY(box.view().reading().isEmpty());
    }

    /// Without a pointer, by the keyboard.
    void theArrowKeysMoveTheCross() {
        SurfaceBox box;
        box.setSurface(ofClouds(Task::Binary));
        open(box);
        box.view().setFocus();
        QTest::keyClick(&box.view(), Qt::Key_Right);
        const QStringList first = box.view().reading();
        QCOMPARE(first.size(), 3);
        QTest::keyClick(&box.view(), Qt::Key_Up);
        QCOMPARE(box.view().reading()[0], first[0]);
        QVERIFY(box.view().reading()[1] != first[1]);
        QVERIFY(!box.view().accessibleDescription().isEmpty());
    }

    void theLegendNamesClassesPartsAndMistakes() {
        SurfaceBox box;
        const auto shown = ofClouds(Task::Binary);
        box.setSurface(shown);
        const QString text = box.legend().text();
        for (const QString& name : shown->surface.scene->classNames(0))
            QVERIFY(text.contains(QString(name).replace(QLatin1Char(' '), QStringLiteral("&nbsp;"))));
        QVERIFY(text.contains(QStringLiteral("training")) && text.contains(QStringLiteral("validation")));
        const auto drawn = std::ssize(shown->surface.points);
        QVERIFY(drawn > 100 && drawn < 203); // the others are the test's
        QVERIFY2(text.contains(
                     QStringLiteral("wrong:&nbsp;%1&nbsp;of&nbsp;%2").arg(shown->surface.wrong()).arg(drawn)),
                 qPrintable(text));
        box.setSurface(ofClouds(Task::Regression));
        QVERIFY(!box.legend().text().contains(QStringLiteral("wrong")));
        box.setSurface(nullptr);
        QVERIFY(box.legend().isHidden());
    }

    /// Of more than two features two are chosen; the same one for both makes them change places.
    void featuresAreChosen() {
        const auto data = std::make_shared<const FourFeatures>(Task::Multilabel);
        TrainConfig config;
        config.epochs = 1;
        const auto network = learned(
            chain({4, 1, 1}, {{"dense", {{"units", std::int64_t{2}}}}, {"sigmoid", {}}}), data, config);
        SurfaceBox box;
        QSignalSpy changed(&box, &SurfaceBox::choiceChanged);
        box.setSurface(drawn(*network, *data));
        open(box);
        QVERIFY(box.axisField(0)->isVisible() && box.answerField()->isVisible());
        const auto choose = [](QComboBox* field, int index) {
            field->setCurrentIndex(index);
            emit field->activated(index);
        };
        choose(box.axisField(0), 3);
        QCOMPARE(box.choice(), (SurfaceChoice{3, 1, 0}));
        choose(box.axisField(1), 3);
        QCOMPARE(box.choice(), (SurfaceChoice{1, 3, 0}));
        QCOMPARE(box.axisField(0)->currentIndex(), 1);
        choose(box.answerField(), 1);
        QCOMPARE(box.choice().answer, 1);
        QCOMPARE(changed.size(), 3);
        // Two features leave nothing to choose.
        box.setSurface(ofClouds(Task::Binary));
        QVERIFY(!box.axisField(0)->isVisible() && !box.answerField()->isVisible());
    }

    /// Every kind of surface is drawn, in both looks, and in the room of a stamp.
    void everyKindIsDrawn() {
        const auto parabola = std::make_shared<const Parabola>();
        TrainConfig config;
        config.epochs = 40;
        const auto fit = learned(chain({1, 1, 1}, {{"dense", {{"units", std::int64_t{8}}}},
                                                   {"tanh", {}},
                                                   {"dense", {{"units", std::int64_t{1}}}}}),
                                 parabola, config);
        const auto curve = drawn(*fit, *parabola);
        const auto colours = [](const QImage& image) {
            QSet<QRgb> all;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    all << image.pixel(x, y);
            return all.size();
        };
        for (const Theme::Mode mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
            Theme::instance().setMode(mode);
            for (const auto& shown :
                 {ofClouds(), ofClouds(Task::Binary), ofClouds(Task::Regression), curve}) {
                SurfaceBox box;
                box.setSurface(shown);
                open(box);
                QVERIFY(colours(box.view().grab().toImage()) > 30);
                box.resize(box.minimumSizeHint());
                QVERIFY(!box.view().grab().isNull());
            }
        }
        Theme::instance().setMode(Theme::Mode::System);
        SurfaceView empty;
        empty.setEmptyText(QStringLiteral("Nothing yet"));
        QVERIFY(!empty.grab().isNull());
        QVERIFY(empty.reading().isEmpty());
    }

    /// The curve tells the number in the data's units, with what was taken off it for training.
    void aCurveTellsItsNumber() {
        for (const double offset : {0.0, 1000.0}) {
            const auto parabola = std::make_shared<const Parabola>(offset);
            TrainConfig config;
            config.epochs = 5;
            const auto fit =
                learned(chain({1, 1, 1}, {{"dense", {{"units", std::int64_t{1}}}}}), parabola, config);
            SurfaceBox box;
            box.setSurface(drawn(*fit, *parabola));
            const double x = box.view().surface()->surface.xOf(30);
            const std::vector<float> sample{static_cast<float>(x)};
            const double number = offset + static_cast<double>(fit->predict(sample)[0]);
            const QStringList told = box.view().reading(x, 0);
            QCOMPARE(told.size(), 2);
            QCOMPARE(told[0], QStringLiteral("speed ") + humanNumber(x));
            QVERIFY2(told[1].startsWith(QStringLiteral("braking distance ")), qPrintable(told[1]));
            QVERIFY2(std::abs(told[1].section(u' ', -1).toDouble() - number) < 0.01, qPrintable(told[1]));
        }
    }

    /// As Try it has them, and in so many digits that they can be told apart.
    void placesAreToldInTheUnitsOfTheirColumns() {
        const auto data = std::make_shared<const Weather>();
        const auto network =
            learned(chain({7, 1, 1}, {{"dense", {{"units", std::int64_t{1}}}}, {"sigmoid", {}}}), data);
        SurfaceBox box;
        box.setSurface(drawn(*network, *data));
        const QStringList told = box.view().reading(Weather::first + 310, 3.5);
        QCOMPARE(told.mid(0, 2),
                 (QStringList{QStringLiteral("stamp 1700000310"), QStringLiteral("temperature 3.5")}));
    }

    /// Whatever is not to be seen along an axis is said to stand still, beside a curve as well.
    void thatOthersStandStillIsSaid() {
        const auto isSaid = [](const SurfaceBox& box) {
            for (const QLabel* label : box.findChildren<QLabel*>())
                if (label->text() == QStringLiteral("Other features stand at their typical values."))
                    return label->isVisible();
            return false;
        };
        SurfaceBox box;
        open(box);
        box.setSurface(ofClouds());
        QVERIFY(!isSaid(box));
        for (const bool road : {true, false}) {
            const auto data = std::make_shared<const Parabola>(0, road);
            const auto fit = learned(
                chain({data->info().input.size(), 1, 1}, {{"dense", {{"units", std::int64_t{1}}}}}), data);
            box.setSurface(drawn(*fit, *data));
            QVERIFY(box.view().surface()->surface.isCurve());
            QCOMPARE(isSaid(box), road);
        }
    }
};

QTEST_MAIN(TestSurfaceView)
#include "surface_view_test.moc"
