// What follows from a data set's task: the usual outputs, loss and metrics; the user's units; missing values.
#include "train_support.h"

#include "engine/data/split.h"
#include "engine/models/templates.h"
#include "engine/train/loss.h"
#include "engine/train/metric.h"
#include "engine/train/predictor.h"
#include "engine/train/task_defaults.h"

#include <QTest>

#include <algorithm>

using namespace burdock;
using namespace burdock::testing;

Q_DECLARE_METATYPE(burdock::Task)

namespace {

/// Rents in forints, from square metres and a number that is missing now and then.
class Rents final : public Dataset {
  public:
    Rents() {
        info_.id = info_.title = "rents";
        info_.task = Task::Regression;
        info_.input = {2, 1, 1};
        info_.featureNames = {"area", "floor"};
        info_.trainSize = 400;
        info_.testSize = 100;
        info_.standardise = info_.standardiseTargets = true;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part part, std::int64_t index, float* values) const override {
        const std::uint64_t key = part == Part::Test ? 3 : 2, i = static_cast<std::uint64_t>(index);
        values[0] = 30 + 70 * static_cast<float>(randomUniform(key, 2 * i));
        values[1] = 8 * static_cast<float>(randomUniform(key, 2 * i + 1));
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        float x[2];
        readInput(part, index, x);
        values[0] = 50'000 + 3'000 * x[0] - 1'000 * x[1];
    }

  private:
    DatasetInfo info_;
};

double metricOf(const Evaluation& evaluation, const std::string& id) {
    for (const MetricValue& m : evaluation.metrics)
        if (m.id == id) return m.value;
    return std::numeric_limits<double>::quiet_NaN();
}

/// A data set of one feature, to be judged by its description alone.
DatasetInfo described(Task task) {
    DatasetInfo info;
    info.id = info.title = "described";
    info.task = task;
    info.input = task == Task::NextToken ? Shape{8, 1, 1} : Shape{2, 1, 1};
    info.targets = task == Task::Binary ? 1 : 3;
    info.trainSize = 100;
    return info;
}

std::vector<std::string> problemsOf(const char* end, Task task, const char* loss = "auto") {
    TrainConfig config;
    config.loss = loss;
    const DatasetInfo info = described(task);
    std::vector<std::string> codes;
    for (const Diagnostic& d : checkTraining(network(info.targets, end), info, config))
        codes.push_back(d.code);
    return codes;
}

} // namespace

class TaskTest : public QObject {
    Q_OBJECT
  private slots:
    /// The last rows of the usual tables for regression and for classification.
    void usualNetworks_data() {
        QTest::addColumn<Task>("task");
        QTest::addColumn<QString>("activation");
        QTest::addColumn<QString>("loss");
        QTest::addColumn<QStringList>("metrics");
        QTest::addColumn<QString>("says");
        QTest::newRow("regression") << Task::Regression << ""
                                    << "mse" << QStringList{"r2", "rmse", "mae"}
                                    << "Outputs: 1 per number to predict, no activation. Loss: Mean squared";
        QTest::newRow("binary") << Task::Binary << "sigmoid"
                                << "binary-cross-entropy"
                                << QStringList{"accuracy", "f1", "roc_auc", "confusion_matrix"}
                                << "Outputs: 1, then Sigmoid. Loss: Binary cross-entropy";
        QTest::newRow("multilabel") << Task::Multilabel << "sigmoid"
                                    << "binary-cross-entropy" << QStringList{"accuracy", "f1", "roc_auc"}
                                    << "Outputs: 1 per label, then Sigmoid. Loss: Binary cross-entropy";
        QTest::newRow("multiclass") << Task::Multiclass << "softmax"
                                    << "softmax-cross-entropy"
                                    << QStringList{"accuracy", "f1", "confusion_matrix"}
                                    << "Outputs: 1 per class, then Softmax. Loss: Softmax cross-entropy";
    }
    void usualNetworks() {
        QFETCH(Task, task);
        QFETCH(QString, activation);
        QFETCH(QString, says);
        const TaskDefaults& usual = taskDefaults(task);
        QVERIFY(usual.task == task);
        QCOMPARE(QString::fromStdString(usual.outputActivation), activation);
        QTEST(QString::fromStdString(usual.loss), "loss");
        QStringList named;
        for (const std::string& id : usual.metrics) {
            named << QString::fromStdString(id);
            const auto& tasks = findMetric(id)->tasks;
            QVERIFY2(std::find(tasks.begin(), tasks.end(), task) != tasks.end(), id.c_str());
        }
        QTEST(named, "metrics");
        QVERIFY2(QString::fromStdString(describeDefaults(task)).startsWith(says),
                 describeDefaults(task).c_str());

        QCOMPARE(defaultLoss(task).id, usual.loss);
        QVERIFY(defaultLoss(task).fits(task));
        // A network built so has nothing said against it, nor one that leaves the activation to the loss.
        const std::string end = activation.toStdString();
        QCOMPARE(problemsOf(end.empty() ? nullptr : end.c_str(), task), std::vector<std::string>{});
        QCOMPARE(problemsOf(nullptr, task), std::vector<std::string>{});
    }
    void unusualOnesAreTold_data() {
        QTest::addColumn<Task>("task");
        QTest::addColumn<QString>("end");
        QTest::addColumn<QString>("loss");
        QTest::addColumn<QString>("code");
        QTest::newRow("softmax for numbers") << Task::Regression << "softmax"
                                             << "auto"
                                             << "loss.activation";
        QTest::newRow("softmax for yes or no") << Task::Binary << "softmax"
                                               << "auto"
                                               << "loss.activation";
        QTest::newRow("softmax for labels") << Task::Multilabel << "softmax"
                                            << "auto"
                                            << "loss.activation";
        QTest::newRow("sigmoid for classes") << Task::Multiclass << "sigmoid"
                                             << "auto"
                                             << "loss.activation";
        QTest::newRow("classes by squares") << Task::Multiclass << "softmax"
                                            << "mse"
                                            << "loss.task";
        QTest::newRow("numbers by entropy") << Task::Regression << "linear"
                                            << "binary-cross-entropy"
                                            << "loss.task";
        QTest::newRow("labels by softmax") << Task::Multilabel << "sigmoid"
                                           << "softmax-cross-entropy"
                                           << "loss.task";
        // What the tables allow beside the usual.
        QTest::newRow("positive numbers") << Task::Regression << "softplus"
                                          << "mae"
                                          << "";
        QTest::newRow("bounded numbers") << Task::Regression << "tanh"
                                         << "huber"
                                         << "";
    }
    void unusualOnesAreTold() {
        QFETCH(Task, task);
        QFETCH(QString, end);
        QFETCH(QString, loss);
        QFETCH(QString, code);
        const auto found = problemsOf(end.toUtf8(), task, loss.toUtf8());
        QCOMPARE(found,
                 code.isEmpty() ? std::vector<std::string>{} : std::vector<std::string>{code.toStdString()});
    }
    /// A template's own loss and transforms are for the data it is made for.
    void templatesAreAdapted() {
        const ModelTemplate& net = *findTemplate("fashion-net");
        DatasetInfo info = described(Task::Binary);
        info.input = {3, 32, 32};
        const TrainConfig config = adapted(net.settings, info);
        QCOMPARE(config.loss, std::string("auto"));
        QVERIFY(config.lossParams.empty());
        QCOMPARE(config.augmentation.size(), net.settings.augmentation.size());
        const Graph graph = adapted(net.build(), info, config);
        const auto found = checkTraining(graph, info, config);
        QVERIFY2(found.empty(), found.empty() ? "" : oneLine(found[0]).c_str());

        const TrainConfig kept = adapted(net.settings, described(Task::Multiclass));
        QCOMPARE(kept.loss, net.settings.loss);
        QVERIFY(kept.lossParams == net.settings.lossParams);
        QVERIFY(kept.augmentation.empty()); // a table
        QCOMPARE(adapted(findTemplate("perceptron-rule")->settings, described(Task::Regression)).loss,
                 std::string("auto"));
    }
    void augmentationNeedsPictures() {
        DatasetInfo info = described(Task::Multilabel);
        info.input = {1, 8, 8};
        TrainConfig config;
        config.augmentation = {{"crop", {}}};
        const auto codes = [&](const Shape& input, const Shape& output) {
            Graph g;
            const NodeId in = g.add(
                "input", {{"channels", input.channels}, {"height", input.height}, {"width", input.width}});
            const NodeId last = g.add(output.isFlat() ? "dense" : "conv2d",
                                      {{output.isFlat() ? "units" : "filters", output.channels}});
            const NodeId flat = output.isFlat() && !input.isFlat() ? g.add("flatten") : NodeId{};
            if (flat) g.connect(in, flat);
            g.connect(flat ? flat : in, last);
            std::vector<std::string> found;
            for (const Diagnostic& d : checkTraining(g, info, config))
                found.push_back(d.code);
            return found;
        };
        QCOMPARE(codes({1, 8, 8}, {3, 1, 1}), std::vector<std::string>{});
        config.fit = Fit::Resize;
        QCOMPARE(codes({1, 16, 16}, {3, 1, 1}), std::vector<std::string>{});
        QCOMPARE(codes({64, 1, 1}, {3, 1, 1}), std::vector<std::string>{"augmentation.data"});
        // Labels of pixels: where each pixel has one they move along, where only the middle has they cannot.
        info.mask = Shape{2, 8, 8};
        info.targets = 128;
        QCOMPARE(codes({1, 8, 8}, {2, 8, 8}), std::vector<std::string>{});
        QCOMPARE(codes({1, 8, 8}, {3, 8, 8}), std::vector<std::string>{"data.output-shape"});
        info.input = {1, 12, 12};
        config.fit = Fit::Off;
        QCOMPARE(codes({1, 12, 12}, {2, 12, 12}),
                 (std::vector<std::string>{"data.output-shape", "augmentation.mask"}));
        config.augmentation = {{"noise", {}}};
        QCOMPARE(codes({1, 12, 12}, {2, 12, 12}), std::vector<std::string>{"data.output-shape"});
    }
    /// Targets are learned in units of their deviation, and told in forints.
    void errorsAreInTheUsersUnits() {
        const auto data = std::make_shared<const Rents>();
        TrainConfig config;
        config.epochs = 40;
        config.learningRate = 0.01;
        Recorder recorder;
        const Graph graph = network(1);
        QCOMPARE(train(graph, data, config, recorder).status, RunStatus::Finished);
        auto predictor = Predictor::make(graph, recorder.last(), data, config);
        QVERIFY(predictor);
        double absolute = 0, squares = 0;
        for (std::int64_t i = 0; i < 100; ++i) {
            float x[2], y = 0;
            data->readInput(Part::Test, i, x);
            data->readTarget(Part::Test, i, &y);
            const auto said = (*predictor)->predict(x);
            QCOMPARE(said.size(), 1u);
            absolute += std::abs(static_cast<double>(said[0] - y)) / 100;
            squares += static_cast<double>((said[0] - y) * (said[0] - y)) / 100;
        }
        const Evaluation test = (*predictor)->evaluateTest();
        QVERIFY(std::abs(metricOf(test, "mae") - absolute) < 1e-3 * absolute);
        QVERIFY(std::abs(metricOf(test, "rmse") - std::sqrt(squares)) < 1e-3 * std::sqrt(squares));
        QVERIFY2(absolute > 10 && absolute < 10'000, QByteArray::number(absolute)); // rents differ by 60,000
        QVERIFY(metricOf(test, "r2") > 0.95);
        QVERIFY(test.loss < 0.05); // the loss is in units of the deviation
    }
    /// A row to be predicted may lack what no row lacked that was trained on.
    void missingFeaturesAreTheMean() {
        const auto data = std::make_shared<const Rents>();
        TrainConfig config;
        config.epochs = 5;
        Recorder recorder;
        const Graph graph = network(1);
        train(graph, data, config, recorder);
        auto predictor = Predictor::make(graph, recorder.last(), data, config);
        QVERIFY(predictor);
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const Scaling scaling = Scaling::measure(
            *data,
            makeSplit(*data, config.validationFraction, static_cast<std::uint64_t>(config.seed)).train);
        for (const std::vector<float>& row : {std::vector<float>{nan, 3}, {50, nan}, {nan, nan}}) {
            std::vector<float> filled = row;
            for (std::size_t i = 0; i < 2; ++i)
                if (std::isnan(row[i])) filled[i] = scaling.mean[i];
            const float said = (*predictor)->predict(row)[0];
            QVERIFY(std::isfinite(said));
            QCOMPARE(said, (*predictor)->predict(filled)[0]);
        }
    }
};

QTEST_GUILESS_MAIN(TaskTest)
#include "task_test.moc"
