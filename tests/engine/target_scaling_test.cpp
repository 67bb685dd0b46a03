// Numbers to predict are scaled so that the activation at the network's end can reach them.
#include "engine/train/predictor.h"
#include "engine/train/target_scaling.h"
#include "train_support.h"

#include <QtTest>

#include <nlohmann/json.hpp>
#include <numeric>

using namespace burdock;
using namespace burdock::testing;

namespace {

double logistic(double x) {
    return 1 / (1 + std::exp(-x));
}

/// Three features from -1 to 1 and numbers to predict of them.
class Numbers final : public Dataset {
  public:
    using Of = std::function<std::vector<double>(double, double, double)>;
    explicit Numbers(Of of, bool standardised = true)
        : of_(std::move(of)) {
        info_.id = info_.title = "numbers";
        info_.task = Task::Regression;
        info_.input = {3, 1, 1};
        info_.targets = static_cast<std::int64_t>(of_(0, 0, 0).size());
        info_.trainSize = 800;
        info_.standardise = info_.standardiseTargets = standardised;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        for (std::uint64_t i = 0; i < 3; ++i)
            values[i] = static_cast<float>(
                static_cast<double>(randomBelow(5, 3 * static_cast<std::uint64_t>(index) + i, 20001)) / 1e4 -
                1);
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        float x[3];
        readInput(part, index, x);
        std::ranges::transform(of_(x[0], x[1], x[2]), values, [](double y) { return static_cast<float>(y); });
    }

  private:
    DatasetInfo info_;
    Of of_;
};

const std::map<std::string, Numbers::Of>& targets() {
    static const std::map<std::string, Numbers::Of> all{
        {"shares",
         [](double a, double b, double c) -> std::vector<double> {
             return {logistic(3 * a - 2 * b + a * c)};
         }},
        {"percentages",
         [](double a, double b, double c) -> std::vector<double> {
             return {100 * logistic(3 * a - 2 * b + a * c)};
         }},
        {"positive",
         [](double a, double b, double c) -> std::vector<double> {
             return {50 + 20 * a + 10 * b + 15 * b * c};
         }},
        {"far from 0",
         [](double a, double b, double c) -> std::vector<double> { return {1000 + 3 * a - 2 * b + a * c}; }},
        {"negative",
         [](double a, double b, double c) -> std::vector<double> {
             return {-5000 + 30 * a - 20 * b + 10 * a * c};
         }},
        {"of both signs",
         [](double a, double b, double c) -> std::vector<double> { return {3 * a - 2 * b + a * c}; }},
    };
    return all;
}

Graph withHead(const std::string& head, std::int64_t outputs = 1) {
    return chain({3, 1, 1}, {{"dense", {{"units", std::int64_t{24}}}},
                             {"relu", {}},
                             {"dense", {{"units", outputs}}},
                             {head.c_str(), {}}});
}

TrainConfig settings() {
    TrainConfig config;
    config.epochs = 60;
    config.learningRate = 5e-3;
    config.threads = 1;
    return config;
}

/// Of one number to predict behind outputs with these bounds.
Scaling scalingOf(const Numbers::Of& of, const ValueRange& reach, TargetScale how = TargetScale::Auto,
                  bool standardised = true) {
    const Numbers data(of, standardised);
    std::vector<std::int64_t> samples(800);
    std::iota(samples.begin(), samples.end(), 0);
    return Scaling::measure(data, samples, Normalise::Auto, {how, reach});
}

float scaled(const Scaling& scaling, float target) {
    scaling.applyToTargets({&target, 1});
    return target;
}

} // namespace

class TargetScalingTest : public QObject {
    Q_OBJECT
  private slots:
    void bounds_data() {
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        const double none = ValueRange{}.high;
        QTest::newRow("linear") << -none << none;
        QTest::newRow("leaky_relu") << -none << none;
        QTest::newRow("relu") << 0.0 << none;
        QTest::newRow("softplus") << 0.0 << none;
        QTest::newRow("elu") << -1.0 << none;
        QTest::newRow("selu") << -1.7580993408473766 << none;
        QTest::newRow("sigmoid") << 0.0 << 1.0;
        QTest::newRow("hard_sigmoid") << 0.0 << 1.0;
        QTest::newRow("tanh") << -1.0 << 1.0;
        QTest::newRow("silu") << -0.2784645 << none;
    }
    void bounds() {
        QFETCH(double, low);
        QFETCH(double, high);
        const ValueRange range = outputRange(*checkNetwork(withHead(QTest::currentDataTag())));
        QVERIFY2(range.low == low || std::abs(range.low - low) < 1e-3, QByteArray::number(range.low));
        QVERIFY2(range.high == high || std::abs(range.high - high) < 1e-3, QByteArray::number(range.high));
        // A layer that only reshapes hides nothing.
        const char* const head = QTest::currentDataTag();
        const ValueRange behind = outputRange(*checkNetwork(
            chain({3, 1, 1}, {{"dense", {{"units", std::int64_t{2}}}}, {head, {}}, {"flatten", {}}})));
        QVERIFY(behind.low == range.low && behind.high == range.high);
    }

    /// Whatever the targets, and whatever activation is at the end: standardised ones cannot be reached by
    /// most.
    void everyEndLearnsEveryTarget_data() {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("head");
        for (const auto& [target, of] : targets())
            for (const char* head : {"linear", "relu", "softplus", "sigmoid", "tanh", "elu", "hard_sigmoid"})
                QTest::addRow("%s, %s", target.c_str(), head) << QString::fromStdString(target) << head;
    }
    void everyEndLearnsEveryTarget() {
        QFETCH(QString, target);
        QFETCH(QString, head);
        const auto data = std::make_shared<Numbers>(targets().at(target.toStdString()));
        Recorder recorder;
        const FinishRecord finish = train(withHead(head.toStdString()), data, settings(), recorder);
        QCOMPARE(finish.status, RunStatus::Finished);
        const double r2 = valueOf(finish.test, "test.r2"), rmse = valueOf(finish.test, "test.rmse");
        QVERIFY2(r2 > 0.985, QByteArray::number(r2));
        // The squared error is told in squared units, of the steps and of the epochs too.
        QVERIFY(std::abs(valueOf(finish.test, "test.loss") / (rmse * rmse) - 1) < 1e-3);
        const double validated = recorder.epochs.back().value("validation.loss"),
                     trained = recorder.epochs.back().value("train.loss");
        QVERIFY2(trained > validated / 10 && trained < 10 * validated, QByteArray::number(trained));
        QVERIFY(recorder.steps.back().loss < 100 * trained && recorder.steps.back().loss > trained / 100);
        const auto predictor =
            Predictor::make(withHead(head.toStdString()), recorder.last(), data, settings());
        QVERIFY(predictor);
        float x[3], wanted = 0;
        data->readInput(Part::Train, 7, x);
        data->readTarget(Part::Train, 7, &wanted);
        QVERIFY(std::abs((*predictor)->predict(x)[0] - wanted) < 8 * static_cast<float>(rmse));
    }

    void withinTwoBounds() {
        // Shares fill most of 0 to 1, and stay as they are; what fills little of it is drawn apart.
        const auto shares = scalingOf(targets().at("shares"), {0, 1});
        QCOMPARE(scaled(shares, 0.25f), 0.25f);
        const auto few =
            scalingOf([](double a, double, double) { return std::vector{0.5 + 0.01 * a}; }, {0, 1});
        QVERIFY(std::abs(scaled(few, 0.51f) - 0.9f) < 1e-3f && std::abs(scaled(few, 0.49f) - 0.1f) < 1e-3f);
        const auto centred = scalingOf(targets().at("percentages"), {-1, 1});
        QVERIFY(scaled(centred, 99.7f) <= 0.81f && scaled(centred, 0.3f) >= -0.81f);
        // All the same: in the middle, and told back as they were.
        const auto same = scalingOf([](double, double, double) { return std::vector{7.0}; }, {-1, 1});
        float seven = scaled(same, 7);
        QCOMPARE(seven, 0.0f);
        same.undoOnTargets({&seven, 1});
        QCOMPARE(seven, 7.0f);
    }
    void aboveOneBound() {
        // Zero stays zero: an output that cannot be negative means the same in the data's units.
        QCOMPARE(scaled(scalingOf(targets().at("positive"), {0, ValueRange{}.high}), 0), 0.0f);
        const auto far = scalingOf(targets().at("far from 0"), {0, ValueRange{}.high});
        QVERIFY(scaled(far, 994.2f) > 0.5f && scaled(far, 994.2f) < 1.1f); // the smallest is a little larger
        // The same below a bound, turned round.
        const auto below = scalingOf(targets().at("negative"), {ValueRange{}.low, 0});
        QVERIFY(scaled(below, -4945) < -0.5f && scaled(below, -5000) < -2 && scaled(below, -5000) > -6);
        // Where standardised targets are well above the bound, they are standardised.
        const auto deep = scalingOf(targets().at("positive"), {-50, ValueRange{}.high});
        const auto usual = scalingOf(targets().at("positive"), {});
        QCOMPARE(scaled(deep, 50), scaled(usual, 50));
    }
    /// Data that do not ask for a scale get one only where they could not be learned without.
    void onlyWhatCannotBeReachedIsScaledUnasked() {
        const auto& wide = targets().at("percentages");
        QVERIFY(scalingOf(wide, {}, TargetScale::Auto, false).targetMean.empty());
        QVERIFY(scalingOf(wide, {0, ValueRange{}.high}, TargetScale::Auto, false).targetMean.empty());
        QCOMPARE(scalingOf(wide, {0, 1}, TargetScale::Auto, false).targetMean.size(), 1u);
        QVERIFY(scalingOf(wide, {0, 1}, TargetScale::Off).targetMean.empty());
    }

    /// Of one number the loss is in its units; several may have units of their own.
    void lossesAreToldInUnits_data() {
        QTest::addColumn<QString>("metric");
        QTest::addColumn<int>("power");
        QTest::newRow("mse") << "rmse" << 2;
        QTest::newRow("mae") << "mae" << 1;
    }
    void lossesAreToldInUnits() {
        QFETCH(QString, metric);
        QFETCH(int, power);
        TrainConfig config = settings();
        config.epochs = 2;
        config.loss = QTest::currentDataTag();
        const std::string name = "test." + metric.toStdString();
        Recorder recorder;
        const auto one = std::make_shared<Numbers>(targets().at("percentages"));
        const auto told = train(withHead("linear"), one, config, recorder).test;
        QVERIFY(std::abs(valueOf(told, "test.loss") / std::pow(valueOf(told, name), power) - 1) < 1e-3);
        const auto two = std::make_shared<Numbers>([](double a, double b, double) {
            return std::vector{1e6 * a, 0.001 * b};
        });
        const auto ofTwo = train(withHead("linear", 2), two, config, recorder).test;
        QVERIFY2(valueOf(ofTwo, "test.loss") < 3, QByteArray::number(valueOf(ofTwo, "test.loss")));
    }
    /// Where numbers are tiny in their unit, a loss that explodes is told as of any others.
    void tinyUnitsDivergeToo() {
        TrainConfig config = settings();
        config.optimizer = "sgd";
        config.learningRate = 30;
        config.schedule = "constant";
        Recorder recorder;
        const auto tiny =
            std::make_shared<Numbers>([](double a, double b, double) { return std::vector{1e-6 * (a + b)}; });
        QCOMPARE(train(withHead("linear"), tiny, config, recorder).status, RunStatus::Failed);
    }

    /// What was kept before there was a choice was trained on standardised targets, and is judged so.
    void oldRunsKeepTheirScale() {
        nlohmann::json stored = toJson(TrainConfig{});
        QCOMPARE(trainConfigFromJson(stored)->targetScale, TargetScale::Auto);
        stored.erase("target_scale");
        const auto old = trainConfigFromJson(stored);
        QVERIFY(old);
        QCOMPARE(old->targetScale, TargetScale::Standardise);
        const auto data = std::make_shared<Numbers>(targets().at("percentages"));
        TrainConfig config = settings();
        config.epochs = 3;
        config.targetScale = old->targetScale;
        Recorder recorder;
        const FinishRecord finish = train(withHead("sigmoid"), data, config, recorder);
        const Scaling usual = scalingOf(targets().at("percentages"), {});
        const double rmse = valueOf(finish.test, "test.rmse") / static_cast<double>(usual.targetDeviation[0]);
        QVERIFY(std::abs(valueOf(finish.test, "test.loss") / (rmse * rmse) - 1) < 0.05);
        // Its answers reach from the mean to one deviation above it.
        const auto predictor = Predictor::make(withHead("sigmoid"), recorder.last(), data, config);
        for (const float x : {-1.0f, 0.0f, 1.0f}) {
            const float answer = (*predictor)->predict(std::vector{x, -x, x})[0];
            QVERIFY(answer > 45 && answer < 90);
        }
    }
};

QTEST_GUILESS_MAIN(TargetScalingTest)
#include "target_scaling_test.moc"
