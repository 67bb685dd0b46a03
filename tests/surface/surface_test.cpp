#include "drawn_runs.h"
#include "engine/graph/check_graph.h"
#include "support/fake_dataset.h"
#include "support/fake_text.h"
#include "surface/surface_pace.h"
#include "theme/theme.h"

#include <QSet>
#include <QTest>

#include <map>

using namespace burdock;
using namespace burdock::testing;

/// What is worked out of a surface, without a window.
class TestSurface : public QObject {
    Q_OBJECT

    struct Case {
        const char* name;
        std::shared_ptr<const Dataset> data;
        Graph graph;
    };
    static std::vector<Case> cases() {
        const auto clouds = [](Task task, std::int64_t classes = 3) {
            return std::make_shared<const Clouds>(task, 203, classes);
        };
        const ParamValues one{{"units", std::int64_t{1}}}, eight{{"units", std::int64_t{8}}};
        return {
            {"classes", clouds(Task::Multiclass), network(3, "softmax")},
            {"yes or no", clouds(Task::Binary, 2), network(1, "sigmoid")},
            {"a perceptron", clouds(Task::Binary, 2), chain({2, 1, 1}, {{"dense", one}, {"step", {}}})},
            {"a number", clouds(Task::Regression), network(1)},
            {"batch statistics", clouds(Task::Binary, 2),
             chain({2, 1, 1},
                   {{"dense", eight}, {"batchnorm", {}}, {"relu", {}}, {"dense", one}, {"sigmoid", {}}})},
            {"a curve", std::make_shared<const Parabola>(),
             chain({1, 1, 1}, {{"dense", eight}, {"tanh", {}}, {"dense", one}})},
        };
    }

  private slots:
    /// Asked one by one in the data's own units, the network says the same as the grid.
    void aGridHoldsWhatThePredictorAnswers() {
        for (const Case& c : cases()) {
            TrainConfig config;
            config.epochs = 4;
            if (std::string_view(c.name) == "a perceptron") config.loss = "perceptron";
            const auto network = learned(c.graph, c.data, config);
            const auto shown = drawn(*network, *c.data);
            const Surface& surface = shown->surface;
            QCOMPARE(surface.isCurve(), c.data->info().input.size() == 1);
            QCOMPARE(surface.columns, surface.isCurve() ? 80 : 20);
            for (int row = 0; row < surface.rows; row += 3)
                for (int column = 0; column < surface.columns; column += 3) {
                    std::vector<float> sample{static_cast<float>(surface.xOf(column))};
                    if (!surface.isCurve()) sample.push_back(static_cast<float>(surface.yOf(row)));
                    const std::vector<float> answer = network->predict(sample);
                    const auto cell = surface.cell(column, row);
                    QCOMPARE(cell.size(), answer.size());
                    for (std::size_t k = 0; k < answer.size(); ++k)
                        QVERIFY2(std::abs(cell[k] - answer[k]) < 1e-4F * (1 + std::abs(answer[k])), c.name);
                }
        }
    }

    /// A perceptron says yes or no and nothing between: its line is straight.
    void aPerceptronsLineIsSharp() {
        const auto data = std::make_shared<const Clouds>(Task::Binary, 203, 2);
        TrainConfig config;
        config.epochs = 20;
        config.learningRate = 0.05;
        config.loss = "perceptron";
        const auto network =
            learned(chain({2, 1, 1}, {{"dense", {{"units", std::int64_t{1}}}}, {"step", {}}}), data, config);
        const auto shown = drawn(*network, *data);
        QSet<float> shares;
        for (const float share : shown->surface.answers)
            shares << share;
        QCOMPARE(shares, (QSet<float>{0, 1}));
        QCOMPARE(shown->surface.wrong(), 0);
        // Along each row the answer changes once at most.
        for (int row = 0; row < shown->surface.rows; ++row) {
            int changes = 0;
            for (int column = 1; column < shown->surface.columns; ++column)
                changes += shown->surface.cell(column, row)[0] != shown->surface.cell(column - 1, row)[0];
            QVERIFY(changes <= 1);
        }
    }

    void pointsAreTheSamplesAndWrongOnesAreMarked() {
        const auto data = std::make_shared<const Clouds>(Task::Multiclass);
        TrainConfig config;
        config.epochs = 1;
        config.learningRate = 1e-6;
        config.validationFraction = 0.25;
        const auto network = learned(burdock::testing::network(3, "softmax"), data, config);
        const auto shown = drawn(*network, *data);
        const Split& split = network->split();
        QCOMPARE(shown->surface.points.size(), split.train.size() + split.validation.size());
        std::size_t at = 0, wrong = 0;
        for (const Samples* part : {&split.train, &split.validation})
            for (const std::int64_t index : *part) {
                const SurfacePoint& point = shown->surface.points[at++];
                std::vector<float> sample(2);
                data->readInput(Part::Train, index, sample.data());
                QCOMPARE(point.x, static_cast<double>(sample[0]));
                QCOMPARE(point.y, static_cast<double>(sample[1]));
                QCOMPARE(point.target, static_cast<float>(index % 3));
                QCOMPARE(point.validation, part == &split.validation);
                QCOMPARE(point.wrong, classIn(network->predict(sample)) != index % 3);
                QVERIFY(shown->surface.x.contains(point.x) && shown->surface.y.contains(point.y));
                wrong += point.wrong ? 1 : 0;
            }
        QVERIFY(wrong > 0);
        QCOMPARE(shown->surface.wrong(), static_cast<std::ptrdiff_t>(wrong));
    }

    /// Of many samples as many are drawn as can be told apart, from first to last.
    void manySamplesAreThinned() {
        const auto data = std::make_shared<const Clouds>(Task::Binary, 20'000, 2);
        const Split split = makeSplit(*data, 0.2, 1);
        const auto scene = SurfaceScene::of(*data, split);
        QVERIFY(scene->thinned);
        QCOMPARE(scene->samples(), std::size_t{2 * SurfaceScene::mostPoints});
        std::size_t at = 0;
        for (const auto* part : {&split.train, &split.validation}) {
            std::map<std::pair<float, float>, std::ptrdiff_t> places;
            for (std::ptrdiff_t i = 0; i < std::ssize(*part); ++i) {
                float input[2];
                data->readInput(Part::Train, (*part)[static_cast<std::size_t>(i)], input);
                places[{input[0], input[1]}] = i;
            }
            const std::ptrdiff_t step = std::ssize(*part) / SurfaceScene::mostPoints;
            std::ptrdiff_t last = -step;
            for (std::int64_t k = 0; k < SurfaceScene::mostPoints; ++k, ++at) {
                const auto found = places.find({scene->inputs[2 * at], scene->inputs[2 * at + 1]});
                QVERIFY(found != places.end());
                QCOMPARE(scene->isValidation[at] != 0, part == &split.validation);
                const std::ptrdiff_t gap = found->second - last;
                QVERIFY(gap == step || gap == step + 1);
                last = found->second;
            }
            QVERIFY(last + step + 1 >= std::ssize(*part));
        }
    }

    /// What is no axis is as in a sample that can be: a word is one of its words, an angle lies on the
    /// circle, and only what is one number has an axis, in the units of its column.
    void otherFieldsStandAtTheirTypicalValues() {
        const auto data = std::make_shared<const Weather>();
        TrainConfig config;
        config.epochs = 3;
        const auto network = learned(
            chain({7, 1, 1}, {{"dense", {{"units", std::int64_t{1}}}}, {"sigmoid", {}}}), data, config);
        const auto shown = drawn(*network, *data, {.x = 0, .y = 1});
        const Surface& surface = shown->surface;
        const SurfaceScene& scene = *surface.scene;
        QCOMPARE(scene.axes.size(), std::size_t{2});
        QCOMPARE(scene.axes[0].name, QStringLiteral("stamp"));
        QCOMPARE(scene.axes[1].name, QStringLiteral("temperature"));
        QVERIFY(surface.x.low < Weather::first && surface.x.low > Weather::first - 100);
        QVERIFY(surface.x.high > Weather::first + 500 && surface.x.high < Weather::first + 700);
        QVERIFY(surface.y.contains(-4) && surface.y.contains(13) && surface.y.span() < 25);
        for (const int i : {0, 7, 19}) {
            const std::vector<float> sample{static_cast<float>(surface.xOf(i) - Weather::first),
                                            0,
                                            1,
                                            0,
                                            -1,
                                            0,
                                            static_cast<float>(surface.yOf(19 - i))};
            QVERIFY(std::abs(network->predict(sample)[1] - surface.cell(i, 19 - i)[1]) < 1e-5F);
        }
        QCOMPARE(surface.points.size(), scene.samples());
        for (std::size_t i = 0; i < surface.points.size(); ++i) {
            QCOMPARE(surface.points[i].x, Weather::first + static_cast<double>(scene.inputs[7 * i]));
            QCOMPARE(surface.points[i].y, static_cast<double>(scene.inputs[7 * i + 6]));
        }
    }

    /// Of data without fields.
    void otherFeaturesStandAtTheirMedians() {
        const auto data = std::make_shared<const FourFeatures>(Task::Binary);
        TrainConfig config;
        config.epochs = 3;
        const auto network = learned(
            chain({4, 1, 1}, {{"dense", {{"units", std::int64_t{1}}}}, {"sigmoid", {}}}), data, config);
        const SurfaceChoice choice{.x = 3, .y = 0};
        const auto shown = drawn(*network, *data, choice);
        const SurfaceScene& scene = *shown->surface.scene;
        QCOMPARE(scene.axes.size(), std::size_t{4});
        QCOMPARE(scene.axes[3].name, QStringLiteral("mass"));
        const std::vector<float> sample{static_cast<float>(shown->surface.yOf(5)), scene.typical[1],
                                        scene.typical[2], static_cast<float>(shown->surface.xOf(9))};
        QVERIFY(std::abs(network->predict(sample)[1] - shown->surface.cell(9, 5)[1]) < 1e-5F);
        QVERIFY(scene.typical[1] >= 3 && scene.typical[1] <= 7); // one value is missing
        // What is missing has no place along its axis.
        std::size_t known = 0;
        for (std::size_t i = 0; i < scene.samples(); ++i)
            known += std::isfinite(scene.inputs[4 * i + 1]) ? 1 : 0;
        QVERIFY(known < scene.samples());
        QCOMPARE(drawn(*network, *data, {.x = 1, .y = 0})->surface.points.size(), known);
    }

    /// A column of words becomes inputs of 0 and 1, along which little is to be seen.
    void inputsOfTwoValuesComeLast() {
        const auto data = std::make_shared<const FourFeatures>(Task::Binary, /*words=*/true);
        const auto scene = SurfaceScene::of(*data, makeSplit(*data, 0, 1));
        QCOMPARE(scene->axes.size(), std::size_t{4});
        QCOMPARE(scene->axes[0].name, QStringLiteral("width"));
        QCOMPARE(scene->axes[3].name, QStringLiteral("length"));
    }

    void aLabelIsYesOrNo() {
        const auto data = std::make_shared<const FourFeatures>(Task::Multilabel);
        TrainConfig config;
        config.epochs = 2;
        const auto network = learned(
            chain({4, 1, 1}, {{"dense", {{"units", std::int64_t{2}}}}, {"sigmoid", {}}}), data, config);
        const auto shown = drawn(*network, *data, {.answer = 1});
        QCOMPARE(shown->surface.scene->answers, (QStringList{"light", "heavy"}));
        QCOMPARE(shown->surface.scene->classNames(1), (QStringList{"not heavy", "heavy"}));
        QCOMPARE(shown->surface.width, 2);
        const auto cell = shown->surface.cell(3, 3);
        QCOMPARE(cell[0] + cell[1], 1.F);
    }

    void picturesAndTextsHaveNone() {
        const FakeDataset pictures;
        const FakeText text;
        for (const Dataset* data : std::initializer_list<const Dataset*>{&pictures, &text})
            QVERIFY(!SurfaceScene::of(*data, makeSplit(*data, 0, 1)));
        const auto may = [](const Graph& graph) { return SurfaceScene::mayBeOf(*checkNetwork(graph)); };
        QVERIFY(!may(fakePerceptron()));
        QVERIFY(!may(fakeWriter()));
        QVERIFY(may(network(3, "softmax")));
        QVERIFY(!may(chain({SurfaceScene::mostInputs + 1, 1, 1}, {{"softmax", {}}})));
    }

    void cellsAreMixedTowardsThePaper() {
        const SurfaceColors colors = SurfaceColors::ofTheme();
        const auto of = [&](std::vector<float> shares) { return colors.ofCell(shares, false, {}); };
        QCOMPARE(of({0.5F, 0.5F}), colors.paper);
        QCOMPARE(of({1 / 3.F, 1 / 3.F, 1 / 3.F}), colors.paper);
        QCOMPARE(of({0.5F, std::numeric_limits<float>::quiet_NaN()}), colors.paper);
        const auto far = [&](const QColor& c) {
            return std::abs(c.red() - colors.paper.red()) + std::abs(c.green() - colors.paper.green()) +
                   std::abs(c.blue() - colors.paper.blue());
        };
        QVERIFY(far(of({0.9F, 0.1F})) > far(of({0.6F, 0.4F})));
        QVERIFY(of({0.9F, 0.1F}) != of({0.1F, 0.9F}));
        QSet<QRgb> all;
        for (int i = 0; i < 20; ++i)
            all << colors.ofClass(i).rgb();
        QVERIFY(all.size() >= 19); // darker black is black
        // Of both signs zero is the paper's; of one sign the lowest number.
        QCOMPARE(colors.ofNumber(0, {-2, 1}), colors.paper);
        QVERIFY(colors.ofNumber(-1, {-2, 1}) != colors.ofNumber(1, {-2, 1}));
        QCOMPARE(colors.ofNumber(3, {3, 8}), colors.paper);
        QCOMPARE(colors.ofNumber(8, {3, 8}), colors.high);
        QCOMPARE(colors.ofNumber(9, {3, 8}), colors.high);
    }

    void theHighestRowIsAtTheTop() {
        const auto data = std::make_shared<const Clouds>(Task::Binary, 203, 2);
        const auto network = learned(burdock::testing::network(1, "sigmoid"), data, {});
        const auto shown = drawn(*network, *data);
        const SurfaceColors colors = SurfaceColors::ofTheme();
        QCOMPARE(shown->image.size(), QSize(20, 20));
        QCOMPARE(shown->image.pixel(4, 0), colors.ofCell(shown->surface.cell(4, 19), false, {}).rgb());
        QCOMPARE(shown->image.pixel(4, 19), colors.ofCell(shown->surface.cell(4, 0), false, {}).rgb());
    }

    /// A slow network is looked at more coarsely, then more rarely: a twentieth of the time at most.
    void thePaceFollowsTheCost() {
        SurfacePace quick;
        for (int i = 0; i < 50; ++i)
            quick.took(1e-4);
        QCOMPARE(quick.side(), SurfacePace::finest);
        QCOMPARE(quick.rest(), SurfacePace::shortestRest);
        SurfacePace slow;
        for (int i = 0; i < 50; ++i)
            slow.took(0.4);
        QCOMPARE(slow.side(), SurfacePace::coarsest);
        QCOMPARE(slow.rest().count(), 8000);
    }
};

QTEST_MAIN(TestSurface)
#include "surface_test.moc"
