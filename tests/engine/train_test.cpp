#include "train_support.h"

#include "engine/train/epoch_judge.h"

#include "engine/models/templates.h"
#include "engine/tensor/random.h"
#include "engine/train/data_loader.h"
#include "engine/train/loss.h"
#include "engine/train/optimizer.h"
#include "engine/train/predictor.h"
#include "engine/train/trainer.h"

#include <QTest>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

using namespace burdock;
using namespace burdock::testing;

class TrainTest : public QObject {
    Q_OBJECT

  private slots:
    void learns_data();
    void learns();
    void everyMetricIsFollowed();
    void theBestIsByTheChosenMetric();
    void theBestIsByTheTasksOwnMetric();
    void aMetricOfAnotherTaskIsRefused();
    void seriesAreDescribed();
    void everySampleOncePerEpoch();
    void sameSeedSameBits();
    void goesOnFromWeights();
    void divergenceIsTold();
    void divergenceInTheLastStepIsTold();
    void refusals_data();
    void refusals();
    void idleSettingsAreWarnedOf();
    void bypassedEndIsNotJudged();
    void predictorAgreesWithTrainer();
    void configThroughJson();
    void safetensorsRefusals();
};

void TrainTest::learns_data() {
    QTest::addColumn<Task>("task");
    QTest::addColumn<QByteArray>("end");
    QTest::newRow("multiclass, softmax") << Task::Multiclass << QByteArray("softmax");
    QTest::newRow("multiclass, logits") << Task::Multiclass << QByteArray();
    QTest::newRow("binary, sigmoid") << Task::Binary << QByteArray("sigmoid");
    QTest::newRow("regression") << Task::Regression << QByteArray();
}

void TrainTest::learns() {
    QFETCH(Task, task);
    QFETCH(QByteArray, end);
    const auto data = std::make_shared<const Clouds>(task, 203, task == Task::Binary ? 2 : 3);
    TrainConfig config;
    config.epochs = 40;
    config.batch = 16;
    config.learningRate = 0.02;
    Recorder recorder;
    const FinishRecord finish = train(
        network(data->info().targets, end.isEmpty() ? nullptr : end.constData()), data, config, recorder);
    QCOMPARE(finish.status, RunStatus::Finished);
    QCOMPARE(finish.epochs, 40);
    QCOMPARE(recorder.epochs.size(), std::size_t{40});
    QCOMPARE(recorder.finishes, 1);
    QVERIFY(recorder.epochs.back().value("train.loss") < 0.3 * recorder.epochs.front().value("train.loss"));
    if (task == Task::Regression) {
        QVERIFY(std::isnan(valueOf(finish.test, "test.accuracy")) &&
                std::isnan(recorder.epochs.back().value("validation.accuracy")));
        QVERIFY(valueOf(finish.test, "test.loss") < 0.1);
    } else {
        QVERIFY2(valueOf(finish.test, "test.accuracy") > 0.95,
                 QByteArray::number(valueOf(finish.test, "test.accuracy")));
        // Of epochs that are right as often, the one with the lowest loss is kept.
        const auto better = [](const EpochRecord& a, const EpochRecord& b) {
            return std::pair(a.value("validation.accuracy"), -a.value("validation.loss")) <
                   std::pair(b.value("validation.accuracy"), -b.value("validation.loss"));
        };
        const auto& epochs = recorder.epochs;
        const auto best = std::max_element(epochs.begin(), epochs.end(), better);
        QVERIFY(std::count_if(epochs.begin(), epochs.end(), [&](const EpochRecord& e) {
                    return e.value("validation.accuracy") == best->value("validation.accuracy");
                }) > 1);
        const auto kept = std::find_if(epochs.rbegin(), epochs.rend(), [](const auto& e) { return e.best; });
        QCOMPARE(kept->epoch, best->epoch);
    }
}

void TrainTest::everyMetricIsFollowed() {
    const auto data = std::make_shared<const Clouds>(Task::Multiclass, 120, 3);
    TrainConfig config;
    config.epochs = 3;
    config.epochMetrics = "all";
    Recorder recorder;
    const FinishRecord finish = train(network(3, "softmax"), data, config, recorder);
    QCOMPARE(finish.status, RunStatus::Finished);
    QCOMPARE(recorder.epochs.size(), std::size_t{3});
    for (const EpochRecord& r : recorder.epochs)
        for (const char* name :
             {"train.loss", "train.accuracy", "validation.loss", "validation.accuracy", "validation.f1",
              "validation.precision", "validation.recall", "validation.roc_auc", "learning_rate"})
            QVERIFY2(std::isfinite(r.value(name)), name);
    // What every epoch follows is what the test measures, but for lists and matrices.
    for (const NamedValue& value : finish.test)
        QVERIFY(std::isfinite(
            recorder.epochs[0].value(seriesName("validation", describeSeries(value.name).metric))));
    QVERIFY(finish.test.size() > 4);

    config.epochMetrics = "usual";
    Recorder usual;
    QCOMPARE(train(network(3, "softmax"), data, config, usual).status, RunStatus::Finished);
    QVERIFY(std::isnan(usual.epochs[0].value("validation.f1")));
    QCOMPARE(usual.epochs[2].value("validation.accuracy"), recorder.epochs[2].value("validation.accuracy"));
}

void TrainTest::theBestIsByTheChosenMetric() {
    for (const char* metric : {"f1", "loss", "rmse"}) {
        const bool numbers = std::string_view(metric) == "rmse";
        const auto data =
            std::make_shared<const Clouds>(numbers ? Task::Regression : Task::Multiclass, 160, 3);
        TrainConfig config;
        config.epochs = 30;
        config.batch = 16;
        config.learningRate = 0.05;
        config.patience = 4;
        config.bestMetric = metric;
        Recorder recorder;
        const FinishRecord finish =
            train(network(data->info().targets, numbers ? nullptr : "softmax"), data, config, recorder);
        QCOMPARE(finish.status, RunStatus::Finished);
        const SeriesSchema series = describeSeries(seriesName("validation", metric));
        QVERIFY(series.better == (std::string_view(metric) == "f1" ? MetricSchema::Better::Larger
                                                                   : MetricSchema::Better::Smaller));
        double best = std::numeric_limits<double>::quiet_NaN();
        std::int64_t since = 0;
        for (const EpochRecord& r : recorder.epochs) {
            const double value = r.value(series.name);
            QVERIFY(std::isfinite(value));
            if (series.isBetter(value, best)) {
                QVERIFY(r.best);
                best = value;
                since = 0;
            } else {
                QVERIFY(!r.best || value == best); // of equal ones the one with the lower loss
                ++since;
            }
        }
        // Early stopping judges by it as well.
        QCOMPARE(finish.stoppedEarly, since >= config.patience && finish.epochs < config.epochs);
        if (finish.stoppedEarly) QCOMPARE(since, config.patience);
    }
}

/// What the task's entry names first, where epochs can be ranked by it and it is measured.
void TrainTest::theBestIsByTheTasksOwnMetric() {
    const auto metric = [](Task task, const char* split, const char* chosen = "auto") {
        DatasetInfo info = Clouds(task).info();
        TrainConfig config;
        config.bestMetric = chosen;
        return EpochJudge(config, info, split).metric();
    };
    QCOMPARE(metric(Task::Multiclass, "validation"), std::string("accuracy"));
    QCOMPARE(metric(Task::Multiclass, "train"), std::string("accuracy"));
    QCOMPARE(metric(Task::NextToken, "validation"), std::string("perplexity"));
    QCOMPARE(metric(Task::NextToken, "train"), std::string("loss")); // which every step measures
    QCOMPARE(metric(Task::Regression, "validation"), std::string("r2"));
    QCOMPARE(metric(Task::Regression, "train"), std::string("loss"));
    QCOMPARE(metric(Task::NextToken, "validation", "accuracy"), std::string("accuracy"));

    EpochJudge judge({}, Clouds(Task::NextToken).info(), "validation");
    TrainState state;
    const auto isBest = [&](double perplexity, double loss) {
        EpochRecord epoch;
        epoch.values = {{"validation.perplexity", perplexity}, {"validation.loss", loss}};
        return judge.isBest(epoch, loss, state);
    };
    const double none = std::numeric_limits<double>::quiet_NaN();
    QVERIFY(isBest(none, 3) && !isBest(none, 4) && isBest(none, 2)); // undefined: by the loss
    QVERIFY(isBest(9, 5) && !isBest(10, 1) && isBest(8, 2) && !isBest(8, 3) && isBest(8, 1));
    QVERIFY(!isBest(none, 0));
    QCOMPARE(state.bestBy, std::string("perplexity"));
    // A run that was begun when accuracy stood for every task that has one goes on by it.
    state.bestBy.clear();
    judge.goOn(state);
    QCOMPARE(judge.metric(), std::string("accuracy"));
    state.bestBy = "f1";
    const auto again = stateFromText(stateText(state));
    QVERIFY(again && again->bestBy == "f1");
}

void TrainTest::aMetricOfAnotherTaskIsRefused() {
    const Clouds classes(Task::Multiclass, 60, 3);
    TrainConfig config;
    config.bestMetric = "rmse";
    const auto codes = [&] {
        std::set<std::string> all;
        for (const Diagnostic& d : checkTraining(network(3, "softmax"), classes.info(), config))
            all.insert(d.code);
        return all;
    };
    QCOMPARE(codes(), std::set<std::string>{"settings.best-metric"});
    QCOMPARE(adapted(config, classes.info()).bestMetric, std::string("auto"));
    config.bestMetric = "f1";
    QVERIFY(codes().empty());
    config.validationFraction = 0;
    QCOMPARE(codes(), std::set<std::string>{"settings.best-unmeasured"});
    config.bestMetric = "accuracy"; // which training measures by itself
    QVERIFY(codes().empty());
}

void TrainTest::seriesAreDescribed() {
    const SeriesSchema accuracy = describeSeries("validation.accuracy");
    QCOMPARE(accuracy.title, std::string("Validation accuracy"));
    QVERIFY(accuracy.share && accuracy.high == 1 && accuracy.better == MetricSchema::Better::Larger);
    QCOMPARE(describeSeries("test.roc_auc").title, std::string("Test ROC AUC"));
    QCOMPARE(describeSeries("learning_rate").title, std::string("Learning rate"));
    QVERIFY(describeSeries("learning_rate").split.empty());
    // One that a plugin brought which is not there any more.
    const SeriesSchema unknown = describeSeries("validation.my.metric");
    QCOMPARE(unknown.metric, std::string("my.metric"));
    QVERIFY(unknown.better == MetricSchema::Better::Neither);
    for (const MetricSchema& metric : metrics())
        QCOMPARE(describeSeries(seriesName("test", metric.id)).metricTitle, metric.name);
    QCOMPARE(inReadingOrder({"learning_rate", "test.f1", "validation.accuracy", "validation.loss",
                             "train.accuracy", "other", "train.loss"}),
             (std::vector<std::string>{"train.loss", "validation.loss", "train.accuracy",
                                       "validation.accuracy", "test.f1", "learning_rate", "other"}));
}

void TrainTest::everySampleOncePerEpoch() {
    // Regression targets tell the samples apart.
    const auto data = std::make_shared<const Clouds>(Task::Regression, 50);
    std::vector<std::int64_t> samples(37);
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = static_cast<std::int64_t>(i) + 3;
    DataLoader loader(data, Part::Train, samples, {}, 8, true, 5);
    QCOMPARE(loader.batchesPerEpoch(), 5);
    std::multiset<float> expected;
    for (const auto s : samples) {
        float t;
        data->readTarget(Part::Train, s, &t);
        expected.insert(t);
    }
    std::vector<float> firstOrder;
    for (const std::int64_t epoch : {1, 2, 1}) {
        loader.start(epoch);
        std::multiset<float> seen;
        std::vector<float> order;
        while (const MiniBatch* batch = loader.next()) {
            QVERIFY(batch->size == 8 || seen.size() == 32);
            for (std::int64_t i = 0; i < batch->size; ++i) {
                seen.insert(batch->targets.data()[i]);
                order.push_back(batch->targets.data()[i]);
            }
        }
        QVERIFY(seen == expected);
        if (firstOrder.empty())
            firstOrder = order;
        else
            QCOMPARE(order == firstOrder, epoch == 1);
    }
    loader.start(3); // dropped in the middle
    loader.next();
    loader.start(1);
    QCOMPARE(loader.next()->targets.data()[0], firstOrder[0]);
}

void TrainTest::sameSeedSameBits() {
    const auto data = std::make_shared<const Clouds>(Task::Multiclass);
    TrainConfig config;
    config.epochs = 3;
    Recorder a, b, other;
    train(network(3, "softmax", true), data, config, a);
    train(network(3, "softmax", true), data, config, b);
    for (std::size_t i = 0; i < a.last().tensors.size(); ++i)
        QVERIFY(a.last().tensors[i].values == b.last().tensors[i].values);
    for (std::size_t i = 0; i < a.steps.size(); ++i)
        QCOMPARE(a.steps[i].loss, b.steps[i].loss);
    config.seed = 2;
    train(network(3, "softmax", true), data, config, other);
    QVERIFY(other.last().tensors[0].values != a.last().tensors[0].values);
}

void TrainTest::goesOnFromWeights() {
    const auto data = std::make_shared<const Clouds>(Task::Multiclass);
    TrainConfig config;
    config.epochs = 20;
    config.learningRate = 0.02;
    Recorder first, second;
    train(network(3, "softmax"), data, config, first);
    config.epochs = 1;
    config.learningRate = 1e-9;
    train(network(3, "softmax"), data, config, second, std::make_shared<const WeightSet>(first.last()));
    QVERIFY(std::abs(second.epochs[0].value("train.loss") - first.epochs.back().value("train.loss")) < 0.1);
    auto refused = Trainer::make(network(3), data, config, std::make_shared<const WeightSet>());
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, std::string("weights.mismatch"));
}

void TrainTest::divergenceIsTold() {
    const auto data = std::make_shared<const Clouds>(Task::Regression);
    TrainConfig config;
    config.optimizer = "sgd";
    config.learningRate = 1000;
    config.epochs = 50;
    Recorder recorder;
    const FinishRecord finish = train(network(1), data, config, recorder);
    QCOMPARE(finish.status, RunStatus::Failed);
    QVERIFY(finish.problem && finish.problem->code == "train.diverged");
    for (const KeptStep& r : recorder.steps)
        QVERIFY(std::isfinite(r.loss));
}

/// With one step an epoch, it is the validation that first meets what a step has spoilt.
void TrainTest::divergenceInTheLastStepIsTold() {
    const auto data = std::make_shared<const Clouds>(Task::Regression);
    TrainConfig config;
    config.optimizer = "sgd";
    config.learningRate = 1000;
    config.batch = 1000;
    config.epochs = 50;
    Recorder recorder;
    const FinishRecord finish = train(network(1), data, config, recorder);
    QCOMPARE(finish.status, RunStatus::Failed);
    QVERIFY(finish.problem && finish.problem->code == "train.diverged");
    QVERIFY(recorder.epochs.size() < 50);
    for (const EpochRecord& r : recorder.epochs)
        QVERIFY(std::isfinite(r.value("validation.loss")));
}

void TrainTest::refusals_data() {
    QTest::addColumn<Graph>("graph");
    QTest::addColumn<Task>("task");
    QTest::addColumn<QByteArray>("loss");
    QTest::addColumn<QByteArray>("code");
    Graph shape = network(3, "softmax");
    shape.edit(shape.nodes().front().id)->params["channels"] = std::int64_t{5};
    Graph cut = network(3);
    cut.disconnect(cut.edges().back());
    QTest::newRow("input shape") << shape << Task::Multiclass << QByteArray("auto")
                                 << QByteArray("data.input-shape");
    QTest::newRow("outputs") << network(4, "softmax") << Task::Multiclass << QByteArray("auto")
                             << QByteArray("data.output-shape");
    QTest::newRow("loss") << network(3) << Task::Multiclass << QByteArray("mse") << QByteArray("loss.task");
    QTest::newRow("unknown loss") << network(3) << Task::Multiclass << QByteArray("x")
                                  << QByteArray("param.choice");
    QTest::newRow("softmax for numbers")
        << network(1, "softmax") << Task::Regression << QByteArray("auto") << QByteArray("loss.activation");
    QTest::newRow("unconnected") << cut << Task::Multiclass << QByteArray("auto")
                                 << QByteArray("graph.unconnected");
}

void TrainTest::refusals() {
    QFETCH(Graph, graph);
    QFETCH(Task, task);
    QFETCH(QByteArray, loss);
    QFETCH(QByteArray, code);
    TrainConfig config;
    config.loss = loss.toStdString();
    const auto data = std::make_shared<const Clouds>(task);
    const auto problems = checkTraining(graph, data->info(), config);
    const auto found = std::find_if(problems.begin(), problems.end(),
                                    [&](const Diagnostic& d) { return d.code == code.toStdString(); });
    QVERIFY(found != problems.end());
    QVERIFY(!found->what.empty() && !found->where.empty() && !found->mend.empty());
    QVERIFY(!Trainer::make(graph, data, config));
}

/// Settings that say what will not be done, or leave nothing to learn from, are warned of and trained.
void TrainTest::idleSettingsAreWarnedOf() {
    const auto data = std::make_shared<const Clouds>(Task::Multiclass);
    const Graph graph = network(3, "softmax");
    const auto warnings = [&](const TrainConfig& config, DatasetInfo info) {
        std::vector<std::string> codes;
        for (const Diagnostic& d : checkTraining(graph, info, config))
            codes.push_back(d.severity == Severity::Warning ? d.code : "not a warning: " + oneLine(d));
        return codes;
    };
    using Codes = std::vector<std::string>;
    TrainConfig config;
    config.microBatch = config.batch + 1;
    QCOMPARE(warnings(config, data->info()), (Codes{"settings.micro-batch"}));
    config = {};
    config.patience = 2;
    QCOMPARE(warnings(config, data->info()), Codes{});
    config.validationFraction = 0;
    QCOMPARE(warnings(config, data->info()), (Codes{"settings.patience"}));
    QVERIFY(Trainer::make(graph, data, config));

    const Shape picture{1, 28, 28};
    for (const auto& [text, empty] :
         {std::pair("shift:pixels=27", false), std::pair("shift:pixels=200", true),
          std::pair("crop:padding=200,fill=zero", true), std::pair("crop:padding=200", false),
          std::pair("cutout:size=60", true)}) {
        const TransformUse use = parseAugmentation(text)->front();
        QCOMPARE(findTransform(use.id)->canEmpty(use.params, picture), empty);
    }
}

/// What is passed over does not count as the end of the network.
void TrainTest::bypassedEndIsNotJudged() {
    Graph graph = network(1, "softmax");
    graph.edit(graph.nodes().back().id)->bypassed = true;
    const auto data = std::make_shared<const Clouds>(Task::Regression);
    QVERIFY(checkTraining(graph, data->info(), {}).empty());
    QVERIFY(Trainer::make(graph, data, {}));
}

void TrainTest::predictorAgreesWithTrainer() {
    const auto data = std::make_shared<const Clouds>(Task::Multiclass);
    TrainConfig config;
    config.epochs = 15;
    config.learningRate = 0.02;
    Recorder recorder;
    const Graph graph = network(3, "softmax");
    const FinishRecord finish = train(graph, data, config, recorder);
    const WeightSet* best = nullptr;
    for (const auto& c : recorder.checkpoints)
        if (c.kind == CheckpointRecord::Kind::Best) best = c.weights.get();
    QVERIFY(best);
    auto predictor = Predictor::make(graph, *best, data, config);
    QVERIFY(predictor);
    const Evaluation test = (*predictor)->evaluateTest();
    QCOMPARE(valueOf(test.values("test"), "test.accuracy"), valueOf(finish.test, "test.accuracy"));
    QCOMPARE(test.loss, valueOf(finish.test, "test.loss"));
    float input[2];
    data->readInput(Part::Train, 1, input);
    const std::vector<float> p = (*predictor)->predict(input);
    QCOMPARE(p.size(), std::size_t{3});
    QVERIFY(std::abs(p[0] + p[1] + p[2] - 1) < 1e-5f);
    QVERIFY(p[1] > 0.5f);
}

void TrainTest::configThroughJson() {
    TrainConfig config;
    config.epochs = 3;
    config.optimizer = "momentum";
    config.optimizerParams = {{"momentum", 0.5}};
    config.learningRate = 1; // written as a whole number
    const auto read = trainConfigFromJson(toJson(config));
    QVERIFY(read);
    QCOMPARE(toJson(*read).dump(), toJson(config).dump());
    auto broken = toJson(config);
    broken["batch"] = 0;
    const auto refused = trainConfigFromJson(broken);
    QVERIFY(!refused);
    QCOMPARE(refused.error().param, std::string("batch"));
    config.optimizerParams = {{"momentum", 1.5}};
    QCOMPARE(checkTrainConfig(config).size(), std::size_t{1});
}

/// Every cut and many seeded byte changes: an answer or a refusal, never a crash or a read outside.
void TrainTest::safetensorsRefusals() {
    const WeightSet weights{{{"b", {2, 2}, {1, 2, 3, 4}}, {"a", {1}, {5}}}};
    const auto good = encodeSafetensors(weights, {{"epoch", "3"}});
    const auto read = decodeSafetensors(good);
    QVERIFY(read);
    QCOMPARE(read->tensors[0].name, std::string("b")); // in the order of the values
    for (std::size_t length = 0; length < good.size(); ++length)
        QVERIFY(!decodeSafetensors(std::span(good).first(length)));
    for (std::uint64_t i = 0; i < 20000; ++i) {
        auto bad = good;
        bad[randomBelow(1, 2 * i, bad.size())] = static_cast<std::byte>(randomBits(1, 2 * i + 1));
        const auto outcome = decodeSafetensors(bad);
        if (!outcome) QVERIFY(!outcome.error().what.empty());
    }
    const auto refusal = [](const std::string& header, std::size_t bytes) {
        std::vector<std::byte> file(8 + header.size() + bytes);
        const std::uint64_t length = header.size();
        std::memcpy(file.data(), &length, 8);
        std::memcpy(file.data() + 8, header.data(), header.size());
        const auto outcome = decodeSafetensors(file);
        return outcome ? "read" : outcome.error().what;
    };
    QVERIFY(refusal(R"({"a":{"dtype":"F32","shape":[0,18446744073709551615],"data_offsets":[0,0]}})", 0) !=
            "read");
    // 3,000 arrays that claim the same 40 MB must not take 120 GB before they are refused.
    constexpr std::size_t large = 40'000'000;
    std::string many = "{";
    for (int i = 0; i < 3000; ++i)
        many += (i ? ",\"" : "\"") + std::to_string(i) +
                R"(":{"dtype":"F32","shape":[10000000],"data_offsets":[0,40000000]})";
    const std::string why = refusal(many + "}", large);
    QVERIFY2(why.find("overlap") != std::string::npos, why.c_str());
}

QTEST_GUILESS_MAIN(TrainTest)
#include "train_test.moc"
