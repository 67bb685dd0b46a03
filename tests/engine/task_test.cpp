// What follows from a data set's task: the usual outputs, loss and metrics; the user's units; missing values.
#include "train_support.h"

#include "engine/data/dataset_catalog.h"
#include "engine/data/split.h"
#include "engine/graph/check_graph.h"
#include "engine/models/templates.h"
#include "engine/plan/plan.h"
#include "engine/schema/layer_registry.h"
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

/// A task of one file: how often something happens. This is all that it takes.
TaskSchema countsTask() {
    TaskSchema t;
    t.id = "counts";
    t.name = "Counting";
    t.doc = "How often something happens in a while.";
    t.targetKind = TargetKind::Number;
    t.outputs = "1 per count";
    t.outputActivation = "softplus";
    t.loss = "mse";
    t.metrics = {"mae"};
    t.targetWidth = [](const DatasetInfo& info) { return info.targets; };
    t.outputShape = [](const DatasetInfo& info) { return Shape{info.targets, 1, 1}; };
    t.asks = [](const DatasetInfo&) { return std::string("counts"); };
    t.wants = [](const DatasetInfo& info) { return std::to_string(info.targets) + " counts"; };
    t.answer = [](RawOutput output) { return std::move(output.values); };
    t.showTarget = [](const DatasetInfo&, std::span<const float> target, const NumberText& text) {
        return text.number(static_cast<double>(target[0])) + " times";
    };
    t.showAnswer = [](const DatasetInfo&, std::span<const float> answer, std::span<const float> target,
                      const NumberText& text) {
        ShownAnswer shown;
        shown.answer = text.number(std::round(static_cast<double>(answer[0]))) + " times";
        shown.verdict =
            std::round(answer[0]) == target[0] ? ShownAnswer::Verdict::Right : ShownAnswer::Verdict::Wrong;
        return shown;
    };
    t.answerNames = [](const DatasetInfo&) { return std::vector<std::string>{"count"}; };
    t.verdict = [](const DatasetInfo&, std::span<const float>) { return std::string(); };
    return t;
}

class Events : public Clouds {
  public:
    Events()
        : Clouds(Task("counts"), 120) {
        described_ = Clouds::info();
        described_.testSize = 30;
    }
    const DatasetInfo& info() const override { return described_; }

  private:
    DatasetInfo described_;
};

class TaskTest : public QObject {
    Q_OBJECT
  private slots:
    /// A task that nobody foresaw: registered in one line, it is checked, trained, measured, answered, shown.
    void aTaskOfOnesOwn() {
        if (!tasks().find("counts")) QVERIFY(tasks().add(countsTask()));
        QVERIFY(!tasks().add(countsTask())); // once
        TaskSchema lacking = countsTask();
        lacking.id = "lacking";
        lacking.answer = nullptr;
        QVERIFY(!tasks().add(lacking));

        const auto data = std::make_shared<const Events>();
        const Task task = data->info().task;
        QVERIFY(
            describeDefaults(task).starts_with("Outputs: 1 per count, then Softplus. Loss: Mean squared"));
        const Graph graph = network(1, "softplus");
        TrainConfig config;
        config.epochs = 30;
        QVERIFY(checkTraining(graph, data->info(), config).empty());
        const auto wrong = checkTraining(network(2, "softplus"), data->info(), config);
        QVERIFY(!wrong.empty() && wrong[0].why.find("1 counts") != std::string::npos);
        auto trainer = Trainer::make(graph, data, config);
        QVERIFY(trainer);
        Recorder recorder;
        TrainControl control;
        const FinishRecord finish = (*trainer)->run(recorder, control);
        QVERIFY(finish.status == RunStatus::Finished && std::isnan(valueOf(finish.test, "test.accuracy")));
        bool measured = false;
        for (const MetricValue& m : finish.testMetrics)
            measured = measured || (m.id == "mae" && m.value < 0.7);
        QVERIFY(measured);
        auto predictor = Predictor::make(graph, *recorder.checkpoints.back().weights, data, config);
        QVERIFY(predictor);
        std::vector<float> x(2), t(1);
        data->readInput(Part::Train, 5, x.data());
        data->readTarget(Part::Train, 5, t.data());
        const NumberText text{[](double v) { return std::to_string(static_cast<int>(v)); }, {}};
        const ShownAnswer shown = task->showAnswer(data->info(), (*predictor)->predict(x), t, text);
        QVERIFY2(shown.answer == "2 times", shown.answer.c_str());
        QVERIFY(shown.verdict == ShownAnswer::Verdict::Right);
        QCOMPARE(task->showTarget(data->info(), t, text), std::string("2 times"));
    }
    void dataOfUnknownTasksAreRefused() {
        DatasetCatalog catalog;
        DatasetEntry entry;
        entry.id = entry.title = "odd";
        entry.available = true;
        entry.open = [](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> {
            return std::make_shared<const Clouds>(Task("telepathy"));
        };
        QVERIFY(catalog.add(entry));
        const auto refused = catalog.open("odd");
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("dataset.task"));
    }
    /// Answers as they are shown, task by task.
    void shownAnswers() {
        const NumberText text{[](double v) { return std::to_string(static_cast<int>(v)); },
                              [](double v) { return std::to_string(static_cast<int>(v * 100)) + " %"; }};
        using Verdict = ShownAnswer::Verdict;
        DatasetInfo info;
        info.classNames = {"cat", "dog", "fox"};
        info.targets = 3;
        const auto shown = [&](Task task, std::vector<float> answer, std::vector<float> target) {
            info.task = task;
            return task->showAnswer(info, answer, target, text);
        };
        ShownAnswer s = shown(Task::Multiclass, {0.125f, 0.75f, 0.125f}, {2});
        QCOMPARE(s.answer, std::string("dog, 75 %"));
        QCOMPARE(s.truth, std::string("Wrong: it is fox."));
        QVERIFY(s.verdict == Verdict::Wrong && s.bars.size() == 3 && s.bars[2].isTrue);
        s = shown(Task::Binary, {0.25f, 0.75f}, {1});
        QVERIFY(s.answer == "dog, 75 %" && s.truth == "Right." && s.verdict == Verdict::Right);
        s = shown(Task::Regression, {3, 4}, {3, 5});
        QVERIFY(s.answer == "Predicted 3, 4" && s.truth == "True value 3, 5" && s.bars.empty());
        s = shown(Task::Multilabel, {0.75f, 0.25f, 0.75f}, {1, 1, 1});
        QVERIFY(s.answer == "cat, fox" && s.truth == "2 of 3 labels are right.");
        QCOMPARE(Task::Multilabel->showTarget(info, std::vector<float>{1, 0, 1}, text),
                 std::string("cat, fox"));
        // Of a mask a label that a few odd pixels carry is not named, and the others with their areas.
        info.mask = Shape{3, 10, 20};
        std::vector<float> mask(600, 0.25f);
        std::fill_n(mask.begin(), 24, 0.75f);
        std::fill_n(mask.begin() + 200, 1, 0.75f);
        std::fill_n(mask.begin() + 400, 2, 0.75f);
        QCOMPARE(Task::Multilabel->verdict(info, mask), std::string("cat 12 %, fox 1 %"));
        QCOMPARE(shown(Task::Multilabel, mask, mask).answer, std::string("cat 12 %, fox 1 %"));
        std::fill_n(mask.begin(), 24, 0.25f);
        std::fill_n(mask.begin() + 400, 2, 0.25f);
        QCOMPARE(Task::Multilabel->verdict(info, mask), std::string("No label on 1 % of the pixels"));
        mask[200] = 0.25f;
        QCOMPARE(Task::Multilabel->verdict(info, mask), std::string("None of the labels"));
    }
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
        const TaskSchema& usual = task.schema();
        const LayerSchema* const last = layerOf(usual.outputFunction);
        QCOMPARE(QString::fromStdString(last ? last->id : ""), activation);
        QTEST(QString::fromStdString(usual.loss), "loss");
        QStringList named;
        for (const std::string& id : usual.metrics) {
            named << QString::fromStdString(id);
            QVERIFY2(findMetric(id)->fits(MetricSetup::of(described(task))), id.c_str());
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
        QTest::newRow("softmax under margins") << Task::Multiclass << "softmax"
                                               << "hinge"
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
    /// What a Softmax gives is a distribution already, whatever loss it was trained under.
    void probabilitiesAreTakenOnce() {
        const auto data = std::make_shared<const Clouds>(Task::Multiclass);
        TrainConfig config;
        config.loss = "hinge";
        config.epochs = 30;
        config.learningRate = 0.01;
        Recorder recorder;
        const Graph graph = network(3, "softmax");
        QCOMPARE(train(graph, data, config, recorder).status, RunStatus::Finished);
        auto predictor = Predictor::make(graph, recorder.last(), data, config);
        QVERIFY(predictor);
        auto plan = Plan::make(*checkNetwork(graph), {.batch = 1});
        QVERIFY(plan && (*plan)->store()->load(recorder.last()));
        const Scaling scaling = Scaling::measure(
            *data,
            makeSplit(*data, config.validationFraction, static_cast<std::uint64_t>(config.seed)).train);
        float largest = 0;
        for (std::int64_t i = 0; i < 6; ++i) {
            float x[2];
            data->readInput(Part::Train, i, x);
            const auto said = (*predictor)->predict(x);
            std::copy_n(x, 2, (*plan)->input().data);
            scaling.apply((*plan)->input().values());
            (*plan)->forward();
            for (std::size_t c = 0; c < 3; ++c)
                QVERIFY(std::abs(said[c] - (*plan)->output().data[c]) < 1e-5f);
            largest = std::max(largest, *std::max_element(said.begin(), said.end()));
        }
        QVERIFY(largest > 0.6f); // a softmax of a distribution over three classes is never above 0.58
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
        QVERIFY(std::abs(test.loss - squares) < 1e-3 * squares); // in squared forints
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
