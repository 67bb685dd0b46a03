#include "train_support.h"

#include "engine/data/transform.h"
#include "engine/train/optimizer.h"
#include "engine/train/schedule.h"
#include "fake_dataset.h"

#include <QTest>

using namespace burdock;
using namespace burdock::testing;

namespace {

/// With batch normalisation, whose statistics are part of the weights, and dropout.
Graph withState() {
    Graph g;
    NodeId last = g.add(
        "input", {{"channels", std::int64_t{2}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}});
    const auto then = [&](const char* type, ParamValues params = {}) {
        const NodeId id = g.add(type, std::move(params));
        g.connect(last, id);
        last = id;
    };
    then("dense", {{"units", std::int64_t{12}}, {"l2", 1e-3}, {"max_norm", 1.5}});
    then("batchnorm");
    then("relu");
    then("dropout", {{"rate", 0.2}});
    then("dense", {{"units", std::int64_t{3}}});
    then("softmax");
    return g;
}

bool sameBits(const WeightSet& a, const WeightSet& b) {
    if (a.tensors.size() != b.tensors.size()) return false;
    for (std::size_t i = 0; i < a.tensors.size(); ++i)
        if (a.tensors[i].name != b.tensors[i].name || a.tensors[i].values != b.tensors[i].values)
            return false;
    return true;
}

std::shared_ptr<const WeightSet> bestOf(const Recorder& recorder) {
    std::shared_ptr<const WeightSet> best;
    for (const CheckpointRecord& c : recorder.checkpoints)
        if (c.kind == CheckpointRecord::Kind::Best) best = c.weights;
    return best;
}

} // namespace

class ResumeTest : public QObject {
    Q_OBJECT

    static void compare(const TrainConfig& config, std::int64_t steps) {
        compare(withState(), std::make_shared<const Clouds>(Task::Multiclass), config, steps);
    }
    /// Trains at once, and again stopped after `steps`, through the stored form, and resumed.
    static void compare(const Graph& graph, const std::shared_ptr<const Dataset>& data,
                        const TrainConfig& config, std::int64_t steps) {
        Recorder whole;
        const FinishRecord finish = train(graph, data, config, whole);
        QCOMPARE(finish.status, RunStatus::Finished);

        auto trainer = Trainer::make(graph, data, config);
        QVERIFY(trainer);
        Recorder first;
        TrainControl control;
        first.each = [&](const StepRecord& r) {
            if (r.step == steps) control.requestStop();
        };
        QCOMPARE((*trainer)->run(first, control).status, RunStatus::Stopped);
        const CheckpointRecord& last = first.checkpoints.back();
        QVERIFY(last.kind == CheckpointRecord::Kind::Last && last.state);
        QCOMPARE(last.state->step, steps);
        auto state = stateFromText(stateText(*last.state));
        QVERIFY(state);
        state->optimizer = last.state->optimizer;

        auto again = Trainer::resume(
            graph, data, config, {last.weights, std::make_shared<const TrainState>(*state), bestOf(first)});
        QVERIFY2(again, again ? "" : oneLine(again.error()).c_str());
        Recorder second;
        TrainControl free;
        const FinishRecord resumed = (*again)->run(second, free);
        QCOMPARE(resumed.status, RunStatus::Finished);
        QVERIFY(sameBits(second.last(), whole.last()));
        QCOMPARE(valueOf(resumed.test, "test.loss"), valueOf(finish.test, "test.loss"));
        QCOMPARE(resumed.stoppedEarly, finish.stoppedEarly);
        QCOMPARE(first.steps.size() + second.steps.size(), whole.steps.size());
        QCOMPARE(second.steps.front().step, steps + 1);
        for (std::size_t i = 0; i < second.steps.size(); ++i) {
            const KeptStep& r = whole.steps[first.steps.size() + i];
            QCOMPARE(second.steps[i].loss, r.loss);
            QCOMPARE(second.steps[i].learningRate, r.learningRate);
        }
        QCOMPARE(second.epochs.back().value("train.loss"), whole.epochs.back().value("train.loss"));
        for (std::size_t e = 0; e < second.epochs.size(); ++e)
            QCOMPARE(second.epochs[second.epochs.size() - 1 - e].value("train.loss"),
                     whole.epochs[whole.epochs.size() - 1 - e].value("train.loss"));
    }

  private slots:
    /// A rate that no plateau can have come to is not taken out of a file.
    void schedulesAreNotTakenFromAnywhere() {
        const ScheduleSetup setup{0.01, 10, 5};
        auto plateau = findSchedule("plateau")->make({}, setup);
        constexpr double infinity = std::numeric_limits<double>::infinity();
        for (const std::vector<double>& state : std::vector<std::vector<double>>{{1e30, 1, 0},
                                                                                 {infinity, 1, 0},
                                                                                 {-0.001, 1, 0},
                                                                                 {0.001, std::nan(""), 0},
                                                                                 {0.001, 1, -1},
                                                                                 {0.001, 1, 1e9},
                                                                                 {0.001, 1},
                                                                                 {}}) {
            QVERIFY(!plateau->restore(state));
            QCOMPARE(plateau->rate(1), 0.01);
        }
        QVERIFY(plateau->restore({0.001, infinity, 3}));
        QCOMPARE(plateau->rate(1), 0.001);
        QVERIFY(!findSchedule("constant")->make({}, setup)->restore({1}));

        TrainConfig config;
        config.epochs = 3;
        config.schedule = "plateau";
        const auto data = std::make_shared<const Clouds>(Task::Multiclass);
        Recorder recorder;
        train(withState(), data, config, recorder);
        const CheckpointRecord& last = recorder.checkpoints.back();
        auto state = *last.state;
        state.schedule[0] = 1e30;
        const auto resumed = Trainer::resume(
            withState(), data, config, {last.weights, std::make_shared<const TrainState>(state), nullptr});
        QVERIFY(!resumed);
        QCOMPARE(resumed.error().code, std::string("weights.damaged"));
    }
    void everyOptimizer_data() {
        QTest::addColumn<QByteArray>("optimizer");
        for (const OptimizerSchema& o : optimizers())
            QTest::newRow(o.id.c_str()) << QByteArray::fromStdString(o.id);
    }
    void everyOptimizer() {
        QFETCH(QByteArray, optimizer);
        TrainConfig config;
        config.epochs = 4;
        config.batch = 16;
        config.optimizer = optimizer.toStdString();
        config.learningRate = findOptimizer(config.optimizer)->defaultLearningRate * 0.1;
        config.weightDecay = 1e-4;
        config.clipNorm = 1;
        const bool whole = findOptimizer(config.optimizer)->fullBatch;
        compare(config, whole ? 2 : 13); // 10 steps an epoch: in the middle of the second
        if (!whole) compare(config, 10); // at its end, before the validation
    }
    void everySchedule_data() {
        QTest::addColumn<QByteArray>("schedule");
        for (const ScheduleSchema& s : schedules())
            QTest::newRow(s.id.c_str()) << QByteArray::fromStdString(s.id);
    }
    void everySchedule() {
        QFETCH(QByteArray, schedule);
        TrainConfig config;
        config.epochs = 6;
        config.batch = 16;
        config.schedule = schedule.toStdString();
        if (schedule == "plateau")
            config.scheduleParams = {{"patience", std::int64_t{0}}, {"threshold", 0.5}};
        compare(config, 25);
    }
    /// Each sample's augmentation follows from seed, epoch and index alone, so it is the same again.
    void augmentation() {
        Graph graph;
        const NodeId input = graph.add(
            "input",
            {{"channels", std::int64_t{1}}, {"height", std::int64_t{6}}, {"width", std::int64_t{6}}});
        const NodeId conv = graph.add("conv2d", {{"filters", std::int64_t{4}}});
        const NodeId dropout = graph.add("dropout", {{"rate", 0.3}}), flatten = graph.add("flatten"),
                     dense = graph.add("dense", {{"units", std::int64_t{3}}}), end = graph.add("softmax");
        NodeId last = input;
        for (const NodeId next : {conv, dropout, flatten, dense, end}) {
            graph.connect(last, next);
            last = next;
        }
        TrainConfig config;
        config.epochs = 4;
        config.batch = 16;
        for (const TransformSchema& schema : transforms())
            config.augmentation.push_back({schema.id, {}});
        const auto data = std::make_shared<const FakeDataset>(200);
        const std::int64_t anEpoch = (200 - 20 + 15) / 16;
        compare(graph, data, config, anEpoch + 3);
        compare(graph, data, config, 2 * anEpoch);
        Recorder with, without;
        train(graph, data, config, with);
        config.augmentation.clear();
        train(graph, data, config, without);
        QVERIFY(!sameBits(with.last(), without.last()));
    }
    void earlyStopping() {
        TrainConfig config;
        config.epochs = 100;
        config.batch = 16;
        config.patience = 3;
        config.minimumDelta = 0.05;
        compare(config, 24);
    }
    /// What does not belong to the network is refused, and nothing is trained with half a state.
    void refusals() {
        const auto data = std::make_shared<const Clouds>(Task::Multiclass);
        TrainConfig config;
        config.epochs = 1;
        Recorder recorder;
        train(withState(), data, config, recorder);
        const CheckpointRecord last = recorder.checkpoints.back();
        config.optimizer = "momentum"; // its state is another than Adam's
        const auto refused = Trainer::resume(withState(), data, config, {last.weights, last.state, nullptr});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("weights.mismatch"));
        // Nor are an optimizer's arrays read that are of other sizes.
        struct Huge final : TensorSource {
            std::vector<Entry> all;
            const std::vector<Entry>& entries() const override { return all; }
            Result<std::vector<float>> read(std::size_t) const override { throw std::logic_error("read"); }
        } huge;
        for (const NamedTensor& tensor : last.state->optimizer)
            huge.all.push_back({tensor.name, tensor.dims});
        huge.all.back().dims = {std::int64_t{1} << 40};
        config.optimizer = TrainConfig().optimizer;
        const auto other =
            Trainer::resume(withState(), data, config, TensorsInMemory(*last.weights), huge, *last.state);
        QVERIFY(!other);
        QCOMPARE(other.error().code, std::string("weights.mismatch"));
    }
    /// A state that this run cannot have reached would count beyond arrays, or count for ever.
    void statesOfNoRunAreRefused() {
        const auto data = std::make_shared<const Clouds>(Task::Multiclass);
        TrainConfig config;
        config.epochs = 2;
        Recorder recorder;
        train(withState(), data, config, recorder);
        const CheckpointRecord last = recorder.checkpoints.back();
        QVERIFY(Trainer::resume(withState(), data, config, {last.weights, last.state, nullptr}));
        for (const auto& spoil : std::vector<std::function<void(TrainState&)>>{
                 [](TrainState& s) { s.step = 1'000'000'000'000; }, [](TrainState& s) { s.epochs = 3; },
                 [](TrainState& s) { ++s.batches; }, [](TrainState& s) { s.samples = 1'000'000; }}) {
            auto state = std::make_shared<TrainState>(*last.state);
            spoil(*state);
            const auto refused = Trainer::resume(withState(), data, config, {last.weights, state, nullptr});
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, std::string("weights.damaged"));
        }
        for (const char* text :
             {R"({"step":8,"epochs":1,"batches":-1})", R"({"step":-8})", "[]", "{",
              R"({"step":9000000000000000000,"epochs":1})", R"({"seconds":-1})", R"({"step":1,"epochs":2})"})
            QVERIFY2(!stateFromText(text), text);
    }
    /// As Burdock kept checkpoints before their arrays had rows of their own.
    void oneFileIsRead() {
        const auto data = std::make_shared<const Clouds>(Task::Multiclass);
        TrainConfig config;
        config.epochs = 1;
        Recorder recorder;
        train(withState(), data, config, recorder);
        const CheckpointRecord last = recorder.checkpoints.back();
        const auto bytes = encodeSafetensors(*last.weights, {{"training_state", stateText(*last.state)}},
                                             last.state->optimizer, "optimizer/");
        const auto stored = decodeCheckpoint(bytes);
        QVERIFY(stored && stored->state);
        QVERIFY(sameBits(stored->weights, *last.weights));
        QCOMPARE(stored->state->step, last.state->step);
        QCOMPARE(stored->state->optimizer.size(), last.state->optimizer.size());
        QCOMPARE(stored->state->optimizer[0].name, last.state->optimizer[0].name);
        QVERIFY(!decodeCheckpoint(encodeSafetensors(*last.weights, {{"training_state", "{"}})));
    }
};

QTEST_GUILESS_MAIN(ResumeTest)
#include "resume_test.moc"
