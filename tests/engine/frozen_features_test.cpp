// Features of frozen layers: kept from the first epoch on, and never of any influence on what is learned.
#include "engine/graph/check_graph.h"
#include "engine/models/templates.h"
#include "engine/plan/plan.h"
#include "engine/train/frozen_features.h"
#include "engine/train/stepper.h"
#include "train_support.h"

#include <QTest>

#include <atomic>
#include <limits>
#include <numeric>

using namespace burdock;
using namespace burdock::testing;

namespace {

/// Pictures of noise in three classes, which counts how often one is read.
class CountedPictures final : public Dataset {
  public:
    CountedPictures(std::int64_t samples, std::int64_t side, std::int64_t classes) {
        info_.id = info_.title = "pictures";
        info_.input = {1, side, side};
        info_.targets = classes;
        info_.trainSize = samples;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        ++reads;
        for (std::int64_t i = 0; i < info_.input.size(); ++i)
            values[i] = static_cast<float>(
                0.2 * static_cast<double>(index % 3) +
                0.1 * randomNormal(7, static_cast<std::uint64_t>(index * info_.input.size() + i)));
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        values[0] = static_cast<float>(index % 3);
    }
    mutable std::atomic<std::int64_t> reads = 0;

  private:
    DatasetInfo info_;
};

struct Counting final : Recorder {
    const CountedPictures& data;
    std::vector<std::int64_t> reads; ///< by the end of each epoch
    std::vector<std::string> told;
    explicit Counting(const CountedPictures& counted)
        : data(counted) {}
    void onEpoch(const EpochRecord& r) override {
        Recorder::onEpoch(r);
        reads.push_back(data.reads);
    }
    void onNotice(const Diagnostic& d) override { told.push_back(d.code); }
    bool kept() const { return std::ranges::count(told, "train.features-kept") == 1; }
    std::int64_t readIn(std::size_t epoch) const { return reads[epoch - 1] - reads[epoch - 2]; }
};

constexpr std::int64_t three = 3;

/// Each layer is named after its type and its place: "dense 9".
Graph smallCnn() {
    Graph g = chain({1, 12, 12}, {{"conv2d", {{"filters", std::int64_t{8}}, {"kernel", IntPair{3, 3}}}},
                                  {"batchnorm", {}},
                                  {"relu", {}},
                                  {"maxpool2d", {}},
                                  {"conv2d", {{"filters", std::int64_t{16}}, {"kernel", IntPair{3, 3}}}},
                                  {"relu", {}},
                                  {"flatten", {}},
                                  {"dropout", {{"rate", 0.3}}},
                                  {"dense", {{"units", std::int64_t{20}}}},
                                  {"relu", {}},
                                  {"dense", {{"units", three}}},
                                  {"softmax", {}}});
    const std::vector<NodeId> order = checkGraph(g).order;
    for (std::size_t i = 0; i < order.size(); ++i) {
        Node& node = *g.edit(order[i]);
        node.name = node.type + " " + std::to_string(i);
    }
    return g;
}

/// All layers with weights but the last `learning` of them.
void freezeBody(Graph& g, int learning) {
    const GraphReport report = checkGraph(g);
    for (auto id = report.order.rbegin(); id != report.order.rend(); ++id)
        if (report.find(*id)->parameters > 0 && learning-- <= 0) g.edit(*id)->frozen = true;
}

Graph network(const std::string& name, int learning) {
    Graph g = name == "cnn" ? smallCnn() : findTemplate(name)->build();
    freezeBody(g, learning);
    return g;
}

TrainConfig settings(std::int64_t epochs = 3) {
    TrainConfig config;
    config.epochs = epochs;
    config.batch = 16;
    config.threads = 2;
    return config;
}

/// What no sample is changed by, and yet might be.
void addIdleAugmentation(TrainConfig& config) {
    config.augmentation = {{"flip", {{"probability", 0.0}}}};
}

void compare(const Recorder& with, const Recorder& without) {
    QCOMPARE(with.steps.size(), without.steps.size());
    for (std::size_t i = 0; i < with.steps.size(); ++i)
        QCOMPARE(with.steps[i].loss, without.steps[i].loss);
    for (std::size_t i = 0; i < with.epochs.size(); ++i)
        QVERIFY(with.epochs[i].values == without.epochs[i].values);
    for (const NamedTensor& t : without.last().tensors)
        QVERIFY2(with.last().find(t.name)->values == t.values, t.name.c_str());
}

} // namespace

class FrozenFeaturesTest : public QObject {
    Q_OBJECT
  private slots:
    void weightsAreTheSame_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("precision");
        QTest::addColumn<int>("threads");
        QTest::addColumn<int>("samples");
        QTest::addColumn<int>("micro");
        QTest::addColumn<int>("learning");
        QTest::newRow("cnn") << "cnn"
                             << "f32" << 2 << 70 << 0 << 1;
        QTest::newRow("cnn, one thread") << "cnn"
                                         << "f32" << 1 << 71 << 0 << 1;
        QTest::newRow("cnn, whole batches") << "cnn"
                                            << "f32" << 2 << 80 << 0 << 1;
        QTest::newRow("cnn, in parts") << "cnn"
                                       << "f32" << 2 << 70 << 5 << 1;
        QTest::newRow("cnn, mixed") << "cnn"
                                    << "mixed" << 2 << 70 << 0 << 1;
        QTest::newRow("cnn, two layers learn") << "cnn"
                                               << "f32" << 2 << 70 << 0 << 2;
        QTest::newRow("cnn, convolutions learn") << "cnn"
                                                 << "mixed" << 2 << 70 << 0 << 3;
        QTest::newRow("lecture-cnn") << "lecture-cnn"
                                     << "f32" << 2 << 60 << 0 << 1;
        QTest::newRow("lecture-cnn, mixed") << "lecture-cnn"
                                            << "mixed" << 2 << 60 << 0 << 2;
        QTest::newRow("resnet28") << "resnet28"
                                  << "f32" << 2 << 40 << 0 << 1;
        QTest::newRow("resnet28, mixed") << "resnet28"
                                         << "mixed" << 2 << 40 << 0 << 1;
        QTest::newRow("mlp") << "mlp"
                             << "f32" << 2 << 70 << 0 << 1;
    }
    /// To the bit, and from the third epoch on nothing is read any more.
    void weightsAreTheSame() {
        QFETCH(QString, name);
        QFETCH(QString, precision);
        QFETCH(int, threads);
        QFETCH(int, samples);
        QFETCH(int, micro);
        QFETCH(int, learning);
        const Graph g = network(name.toStdString(), learning);
        TrainConfig config = settings();
        config.precision = precision.toStdString();
        config.threads = threads;
        config.microBatch = micro;
        const bool small = name == "cnn";
        const auto data = std::make_shared<const CountedPictures>(samples, small ? 12 : 28, small ? 3 : 10);
        Counting with(*data), without(*data);
        QCOMPARE(train(g, data, config, with).status, RunStatus::Finished);
        addIdleAugmentation(config);
        QCOMPARE(train(g, data, config, without).status, RunStatus::Finished);
        QVERIFY(!without.kept());
        compare(with, without);
        QVERIFY(with.kept());
        QVERIFY2(with.readIn(3) < samples / 2, qPrintable(QString::number(with.readIn(3))));
        QVERIFY(without.readIn(3) > samples / 2);
    }
    /// A full-batch step gathers the same mini-batches every time.
    void fullBatches() {
        const auto data = std::make_shared<const CountedPictures>(70, 12, 3);
        TrainConfig config = settings(4);
        config.optimizer = "gd";
        const Graph g = network("cnn", 1);
        Counting with(*data), without(*data);
        train(g, data, config, with);
        addIdleAugmentation(config);
        train(g, data, config, without);
        QVERIFY(with.kept() && !without.kept());
        compare(with, without);
    }
    /// Stopped in the middle of the second epoch, when some are kept already.
    void aStoppedRunGoesOn() {
        const Graph g = network("cnn", 1);
        const auto data = std::make_shared<const CountedPictures>(70, 12, 3);
        const TrainConfig config = settings(4);
        Counting whole(*data), half(*data), rest(*data);
        train(g, data, config, whole);
        TrainControl control, again;
        half.each = [&](const StepRecord& r) {
            if (r.step == 6) control.requestStop();
        };
        (*Trainer::make(g, data, config))->run(half, control);
        const CheckpointRecord& at = half.checkpoints.back();
        QVERIFY(at.state && at.state->batches > 0);
        std::shared_ptr<const WeightSet> best;
        for (const CheckpointRecord& c : half.checkpoints)
            if (c.kind == CheckpointRecord::Kind::Best) best = c.weights;
        auto resumed = Trainer::resume(g, data, config, {at.weights, at.state, best});
        QVERIFY(resumed);
        (*resumed)->run(rest, again);
        QVERIFY(rest.kept());
        for (const NamedTensor& t : whole.last().tensors)
            QVERIFY2(rest.last().find(t.name)->values == t.values, t.name.c_str());
    }
    void keptOnlyWhereTheyStayTheSame_data() {
        QTest::addColumn<Graph>("graph");
        QTest::addColumn<bool>("kept");
        Graph free = smallCnn();
        QTest::newRow("nothing frozen") << free << false;
        Graph above = smallCnn();
        above.edit(above.findByName("dense 9")->id)->frozen = true;
        QTest::newRow("only above layers that learn") << above << false;
        Graph below = smallCnn();
        below.edit(below.findByName("conv2d 1")->id)->frozen = true;
        QTest::newRow("below a normalisation that learns") << below << true;
        QTest::newRow("all but the last") << network("cnn", 1) << true;
    }
    void keptOnlyWhereTheyStayTheSame() {
        QFETCH(Graph, graph);
        QFETCH(bool, kept);
        const auto data = std::make_shared<const CountedPictures>(70, 12, 3);
        TrainConfig config = settings();
        Counting with(*data), without(*data);
        train(graph, data, config, with);
        QCOMPARE(with.kept(), kept);
        addIdleAugmentation(config);
        train(graph, data, config, without);
        compare(with, without);
    }
    /// At the dropout where training, which drops by chance; behind it where the network is used.
    void theBodyEndsWhereChanceBegins() {
        const Graph g = network("cnn", 1); // of the two dense layers behind the dropout the first is frozen
        const auto nodes = [&](bool training) {
            PlanOptions options;
            options.batch = 4;
            options.training = training;
            std::vector<std::string> all;
            for (const FrozenCut& cut : (*Plan::make(*checkNetwork(g), options))->frozenCuts())
                all.push_back(cut.node);
            return all;
        };
        const auto training = nodes(true), use = nodes(false);
        QVERIFY(!training.empty() && !use.empty());
        const auto has = [](const auto& all, const char* name) { return std::ranges::count(all, name) > 0; };
        QVERIFY(!has(training, "relu 10") && has(use, "relu 10"));
        QVERIFY(has(training, "relu 6"));
    }
    void theLayerThatDivergesIsNamed_data() {
        QTest::addColumn<bool>("kept");
        QTest::newRow("whole passes") << false;
        QTest::newRow("kept features") << true;
    }
    /// Behind frozen layers other values take the input's memory, and features stand for it later.
    void theLayerThatDivergesIsNamed() {
        QFETCH(bool, kept);
        const auto data = std::make_shared<const CountedPictures>(64, 12, 3);
        const TrainConfig config = settings();
        std::vector<std::int64_t> samples(64);
        std::iota(samples.begin(), samples.end(), 0);
        const auto made = Stepper::make(*checkNetwork(network("cnn", 1)), data, config, samples);
        Stepper& stepper = **made;
        ParameterStore& store = *stepper.store();
        store.initialise(1);
        QVERIFY(!kept || stepper.keepFeatures(samples, 1'000'000'000) > 0);
        DataLoader loader(data, Part::Train, samples, {}, config.batch, /*shuffle=*/true, 1);
        std::int64_t step = 0;
        for (const std::int64_t epoch : {1, 2}) {
            loader.start(epoch);
            while (const MiniBatch* batch = loader.next())
                QVERIFY(!stepper.step(*batch, ++step, 0.001).problem);
        }
        QCOMPARE(stepper.usesFeatures(), kept);
        for (std::size_t i = 0; i < store.entries().size(); ++i) {
            const auto& entry = store.entries()[i];
            const std::vector<float> odd(static_cast<std::size_t>(entry.spec.size()),
                                         std::numeric_limits<float>::quiet_NaN());
            if (entry.name.starts_with("dense 11.")) store.setValues(i, odd);
        }
        store.changed();
        loader.start(3);
        const auto problem = stepper.step(*loader.next(), ++step, 0.001).problem;
        QVERIFY(problem);
        QCOMPARE(problem->where, std::string("dense 11, step 9"));
    }
    /// Features that are still to be kept look free, and are not: two runs at once would take all there is.
    void runsShareTheMemory() {
        constexpr std::int64_t bytes = 1'000'000'000, others = bytes / 4; // what other programs may take
        PlanOptions options;
        options.batch = 4;
        options.training = true;
        const auto plan = Plan::make(*checkNetwork(network("cnn", 1)), options);
        const FrozenCut& cut = (*plan)->frozenCuts().front();
        const std::int64_t each = (cut.bfloat16 ? 2 : 4) * cut.floats;
        std::vector<std::int64_t> samples(static_cast<std::size_t>(bytes / each));
        std::iota(samples.begin(), samples.end(), 0);
        const std::int64_t before = featuresBudget(0);
        if (before < bytes) QSKIP("There is too little memory for it.");
        auto features = FrozenFeatures::make({plan->get()}, samples, bytes, /*alwaysAlike=*/false);
        QVERIFY(features);
        QVERIFY(featuresBudget(0) < before - bytes / 2 + others);
        features.reset();
        QVERIFY(featuresBudget(0) > before - others);
        QVERIFY(featuresBudget(2 * bytes) < before - bytes + others);
        QCOMPARE(featuresBudget(std::numeric_limits<std::int64_t>::max()), std::int64_t{0});
    }
    /// In a residual block two values cross, but at its ends.
    void oneValueCrosses() {
        const Graph g = network("resnet28", 1);
        PlanOptions options;
        options.batch = 2;
        const auto plan = Plan::make(*checkNetwork(g), options);
        const auto& cuts = (*plan)->frozenCuts();
        QVERIFY(!cuts.empty());
        (*plan)->store()->initialise(1);
        std::vector<float> input(static_cast<std::size_t>((*plan)->input().size()));
        for (std::size_t i = 0; i < input.size(); ++i)
            input[i] = static_cast<float>(randomNormal(1, i));
        std::vector<float> whole;
        for (const FrozenCut& cut : cuts) {
            (*plan)->fillInput(input.data(), 2);
            (*plan)->forward(1);
            const auto output = (*plan)->output().values();
            whole.assign(output.begin(), output.end());
            (*plan)->partAt(cut);
            (*plan)->fillInput(input.data(), 2);
            (*plan)->forwardBody(1);
            const auto features = (*plan)->features();
            const std::vector<float> kept(features.begin(), features.end());
            (*plan)->fillInput(std::vector<float>(input.size(), 0.5f).data(), 2);
            (*plan)->forward(2);
            std::ranges::copy(kept, features.begin());
            (*plan)->forwardHead(1);
            QVERIFY2(std::ranges::equal((*plan)->output().values(), whole), cut.node.c_str());
        }
    }
};

QTEST_GUILESS_MAIN(FrozenFeaturesTest)
#include "frozen_features_test.moc"
