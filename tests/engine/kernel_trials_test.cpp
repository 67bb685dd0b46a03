#include "engine/graph/check_graph.h"
#include "engine/kernels/capabilities.h"
#include "engine/kernels/reference/reference_step.h"
#include "engine/models/templates.h"
#include "engine/plan/kernel_trials.h"
#include "engine/plan/plan.h"
#include "engine/schema/layer_registry.h"
#include "step_runner.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <thread>

using namespace burdock;
using namespace burdock::testing;

namespace {

double fakeSeconds = 0; ///< what the clock of these tests shows
int runs = 0;           ///< of made-up kernels

/// The layer's own kernel, of a known cost.
class CostlyStep final : public Step {
  public:
    CostlyStep(std::unique_ptr<Step> own, double seconds)
        : own_(std::move(own))
        , seconds_(seconds) {}
    Layout inputLayout(std::size_t port) const override { return own_->inputLayout(port); }
    Layout outputLayout() const override { return own_->outputLayout(); }
    Layout weightLayout(std::size_t index) const override { return own_->weightLayout(index); }
    std::vector<Layout> weightCopies(std::size_t index) const override { return own_->weightCopies(index); }
    std::int64_t workspaceFloats() const override { return own_->workspaceFloats(); }
    std::int64_t scratchFloats() const override { return own_->scratchFloats(); }
    void bind(const StepBinding& binding) override { own_->bind(binding); }
    void forward(std::uint64_t seed) override {
        own_->forward(seed);
        fakeSeconds += seconds_;
        ++runs;
    }
    void backward() override { own_->backward(); }

  private:
    std::unique_ptr<Step> own_;
    double seconds_;
};

QByteArray contents(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

KernelTrial trialOf(const char* chosen) {
    return {chosen, {{"a", 1.0}, {"b", 2.0}, {"c", std::nullopt}}};
}

} // namespace

/// Kernels that compete are tried, and what was found is remembered.
class KernelTrialsTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { qunsetenv("BURDOCK_KERNEL_TRIALS"); }
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        runs = 0;
        before_ = kernelRegistry().size();
    }
    void cleanup() {
        kernelRegistry().truncate(before_);
        kernelTrials().end();
    }

    void theFastestIsTaken() {
        add("a", 0.003);
        add("b", 0.002);
        add("c", 0, "trains only");
        QCOMPARE(ruled(), "test.a");
        const KernelUse use = chosen();
        QCOMPARE(use.id, "test.b");
        QVERIFY(runs > 2);
        QCOMPARE(use.declined.size(), 1u);
        QCOMPARE(use.declined[0].kernel, "Test, a");
        QCOMPARE(use.declined[0].why, "took 3.00 ms here, this one 2.00 ms");
    }
    void ofThoseAlikeTheFirstIsTaken() {
        add("a", 0.00204);
        add("b", 0.002);
        QCOMPARE(chosen().id, "test.a");
    }
    /// Doubts are for where nothing is tried.
    void whatIsDoubtedIsTried() {
        add("a", 0.001, "", "has too few tiles");
        add("b", 0.002);
        QCOMPARE(ruled(), "test.b");
        QCOMPARE(chosen().id, "test.a");
    }
    void onceTriedItStays() {
        add("a", 0.003);
        add("b", 0.002);
        QCOMPARE(chosen().id, "test.b");
        kernelRegistry().truncate(before_);
        add("a", 0.001); // by chance, this time
        add("b", 0.002);
        runs = 0;
        QCOMPARE(chosen().id, "test.b");
        QCOMPARE(runs, 0);
        add("c", 0.001); // another one competes
        QCOMPARE(chosen().id, "test.a");
    }
    /// What is only measured takes no time.
    void withoutTryingTheRuleDecides() {
        add("a", 0.003);
        add("b", 0.002);
        QCOMPARE(chosen(file(), /*mayTry=*/false).id, "test.a");
        QCOMPARE(runs, 0);
        QCOMPARE(chosen().id, "test.b");
        QCOMPARE(chosen(file(), /*mayTry=*/false).id, "test.b");
    }
    void whatTakesTooMuchMemoryIsNotTried() {
        add("a", 0.003);
        add("b", 0.002);
        CheckedLayer heavy = layer_;
        heavy.weights[0].dims = {1 << 29};
        KernelTrials trials;
        trials.begin({}, [] { return fakeSeconds; });
        QCOMPARE(trials.choose(heavy, request(), true).use.id, "test.a");
        QCOMPARE(runs, 0);
    }
    void theEnvironmentForbidsTrying() {
        add("a", 0.003);
        add("b", 0.002);
        qputenv("BURDOCK_KERNEL_TRIALS", "off");
        const KernelUse use = chosen();
        qunsetenv("BURDOCK_KERNEL_TRIALS");
        QCOMPARE(use.id, "test.a");
        QCOMPARE(runs, 0);
    }
    void aDamagedFileCountsAsEmpty_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut off") << QByteArray("{\"format\": 1, \"machi");
        QTest::newRow("zeros") << QByteArray(300, '\0');
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("no machines") << QByteArray("{\"format\": 1, \"machines\": 3}");
        QTest::newRow("later format") << QByteArray("{\"format\": 2, \"machines\": {}}");
        QTest::newRow("format of words") << QByteArray("{\"format\": {}, \"machines\": {\"m\": []}}");
    }
    void aDamagedFileCountsAsEmpty() {
        QFETCH(QByteArray, text);
        add("a", 0.003);
        add("b", 0.002);
        QFile damaged(file());
        QVERIFY(damaged.open(QIODevice::WriteOnly) && damaged.write(text) == text.size());
        damaged.close();
        QCOMPARE(chosen().id, "test.b");
        runs = 0;
        QCOMPARE(chosen().id, "test.b");
        QCOMPARE(runs, 0);
    }
    void aDamagedTrialIsMadeAnew() {
        KernelMemory memory(file().toStdString(), "m");
        memory.keep("r", trialOf("a"));
        const QByteArray good = contents(file());
        for (const auto& [from, to] : {std::pair("\"chosen\": \"a\"", "\"chosen\": 7"),
                                       {"\"chosen\": \"a\"", "\"chosen\": \"x\""},
                                       {"\"a\": 1.0", "\"a\": \"fast\""},
                                       {"\"milliseconds\"", "\"seconds\""}}) {
            QByteArray text = good;
            text.replace(from, to);
            QVERIFY(text != good);
            QFile damaged(file());
            QVERIFY(damaged.open(QIODevice::WriteOnly) && damaged.write(text) == text.size());
            damaged.close();
            KernelMemory other(file().toStdString(), "m");
            QVERIFY(!other.find("r"));
            QCOMPARE(other.keep("r", trialOf("b")).chosen, "b");
        }
    }
    /// A folder stands where the file would be put.
    void whatCannotBeWrittenIsToldOnce() {
        QVERIFY(QDir().mkpath(file() + "/taken"));
        add("a", 0.003);
        add("b", 0.002);
        KernelTrials trials;
        trials.begin(file().toStdString(), [] { return fakeSeconds; });
        QVERIFY(!trials.takeProblem());
        QCOMPARE(choose(trials, true).id, "test.b");
        const auto problem = trials.takeProblem();
        QVERIFY(problem && !problem->mend.empty());
        QCOMPARE(problem->where, file().toStdString());
        QVERIFY(!trials.takeProblem());
        QCOMPARE(QDir(folder_->path()).entryList(QDir::Files), QStringList{"kernels.json.lock"});
    }
    void withoutAFileNothingIsLost() {
        add("a", 0.003);
        add("b", 0.002);
        KernelTrials trials;
        trials.begin("/dev/null/burdock/kernels.json", [] { return fakeSeconds; });
        QCOMPARE(choose(trials, true).id, "test.b");
        runs = 0;
        QCOMPARE(choose(trials, true).id, "test.b");
        QCOMPARE(runs, 0);
        QVERIFY(trials.takeProblem());
    }
    void twoProcessesShareTheFile() {
        KernelMemory one(file().toStdString(), "m"), two(file().toStdString(), "m");
        QCOMPARE(one.keep("first", trialOf("a")).chosen, "a");
        QCOMPARE(two.keep("second", trialOf("b")).chosen, "b");
        QCOMPARE(one.find("second")->chosen, "b");
        QCOMPARE(two.keep("first", trialOf("b")).chosen, "a"); // the first to write is right
        QCOMPARE(two.find("first")->chosen, "a");
    }
    void manyWritersLoseNothing() {
        constexpr int writers = 4, each = 8;
        std::vector<std::jthread> all;
        for (int w = 0; w < writers; ++w)
            all.emplace_back([w, path = file().toStdString()] {
                KernelMemory memory(path, "m");
                for (int i = 0; i < each; ++i) {
                    const std::string request = std::to_string(w) + "-" + std::to_string(i);
                    do // where the others hold the lock for too long nothing is written
                        memory.keep(request, trialOf("a"));
                    while (!KernelMemory(path, "m").find(request));
                }
            });
        all.clear();
        KernelMemory memory(file().toStdString(), "m");
        int found = 0;
        for (int w = 0; w < writers; ++w)
            for (int i = 0; i < each; ++i)
                found += memory.find(std::to_string(w) + "-" + std::to_string(i)).has_value();
        QCOMPARE(found, writers * each);
        QCOMPARE(QDir(folder_->path()).entryList(QDir::Files).size(), 2); // the file and its lock
    }
    void anotherVersionRemembersApart() {
        KernelMemory(file().toStdString(), "version 1").keep("r", trialOf("a"));
        KernelMemory later(file().toStdString(), "version 2");
        QVERIFY(!later.find("r"));
        later.keep("r", trialOf("b"));
        QCOMPARE(KernelMemory(file().toStdString(), "version 1").find("r")->chosen, "a");
        QCOMPARE(KernelMemory(file().toStdString(), "version 2").find("r")->chosen, "b");
    }
    void whatIsAskedIsTold() {
        const std::string plain = requestText(layer_, request(), 2);
        QVERIFY(requestText(layer_, request(), 1) != plain);
        for (const auto& change : std::initializer_list<void (*)(LayerRequest&)>{
                 [](LayerRequest& r) { r.batch = 5; }, [](LayerRequest& r) { r.training = false; },
                 [](LayerRequest& r) { r.frozen = true; }, [](LayerRequest& r) { r.mixed = true; },
                 [](LayerRequest& r) { r.inputIsRelu = true; }, [](LayerRequest& r) { r.reluFollows = true; },
                 [](LayerRequest& r) { r.inputGradients = {false}; },
                 [](LayerRequest& r) { r.inputs[0].width += 1; },
                 [](LayerRequest& r) { r.output.width += 1; }}) {
            LayerRequest other = request();
            change(other);
            QVERIFY(requestText(layer_, other, 2) != plain);
        }
    }
    void theClockMayChange() {
        // A slow first run, and one that was disturbed, are no measure.
        std::vector<std::vector<double>> costs{{9, 3, 1, 3, 3, 3}, {9, 2, 2, 2, 8, 2}};
        std::vector<std::size_t> next(2);
        std::vector<std::function<void()>> all;
        for (std::size_t i = 0; i < 2; ++i)
            all.emplace_back([&, i] {
                fakeSeconds += 1e-3 * costs[i][std::min(next[i], costs[i].size() - 1)];
                ++next[i];
            });
        const auto fastest = fastestRuns(all, [] { return fakeSeconds; });
        QVERIFY(std::abs(fastest[0] - 1e-3) < 1e-9);
        QVERIFY(std::abs(fastest[1] - 2e-3) < 1e-9);
    }
    /// All kernels of convolutions, in all the ways in which they can be asked.
    void realKernelsCanBeTried() {
        const LayerSchema& schema = *layerRegistry().find("conv2d");
        for (const IntPair kernel : {IntPair{3, 3}, IntPair{1, 1}})
            for (const bool mixed : {false, true})
                for (const int kind : {0, 1, 2}) {
                    if (mixed && fast::bfloat16() == fast::Bfloat16::None) continue;
                    const LayerSample sample{
                        "", {{"filters", std::int64_t{32}}, {"kernel", kernel}}, {{32, 12, 12}}};
                    LayerRequest r = requestFor(schema, sample, /*training=*/kind > 0, mixed);
                    r.frozen = kind == 2;
                    r.reluFollows = kind == 1;
                    const KernelChoice choice = tried(schema, sample, r);
                    QVERIFY(choice.step);
                    if (fast::available()) QVERIFY(choice.use.fast);
                }
    }
    /// Such weights are kept plain, while kernels make gradients that fill whole vectors.
    void weightsOfLimitedNormCanBeTried() {
        const LayerSchema& schema = *layerRegistry().find("conv2d");
        const LayerSample sample{
            "",
            {{"filters", std::int64_t{33}}, {"kernel", IntPair{3, 3}}, {"max_norm", 1.0}},
            {{20, 12, 12}}};
        QVERIFY(schema.weightSpecs(sample.params, sample.inputs)[0].maxNorm > 0);
        QVERIFY(tried(schema, sample, requestFor(schema, sample, /*training=*/true)).step);
    }
    /// Plans that are only measured tell of the kernels that run.
    void whatIsToldIsTaken() {
        const auto network = checkNetwork(findTemplate("lecture-cnn")->build());
        const PlanOptions options{.batch = 2};
        PlanOptions measuring = options;
        measuring.measureOnly = true;
        double now = 0;
        kernelTrials().begin({}, [&] { return now += 1; }); // all are alike
        measuring.tries = true;
        const auto told = (*Plan::make(*network, measuring))->memory();
        const double tried = now;
        const auto plan = Plan::make(*network, options);
        const auto taken = (*plan)->memory();
        QCOMPARE(now, tried); // nothing was left to try
        QCOMPARE(taken.arena, told.arena);
        QCOMPARE(taken.copies, told.copies);
        (*plan)->store()->initialise(1);
        (*plan)->forward(1);
        (*plan)->backward();
    }
    /// Whatever was tried before.
    void theRuleCanBeAskedFor() {
        if (!fast::available()) QSKIP("built without oneDNN");
        const auto network = checkNetwork(findTemplate("lecture-cnn")->build());
        const auto kernels = [&](bool tries, bool byRule) {
            PlanOptions options{.batch = 2, .measureOnly = true};
            options.tries = tries;
            options.byRule = byRule;
            std::vector<std::string> ids;
            for (const NodeKernel& kernel : (*Plan::make(*network, options))->kernels())
                ids.push_back(kernel.use.id);
            return ids;
        };
        const auto ruled = kernels(false, false);
        double now = 0, took = 1e9;
        kernelTrials().begin({}, [&] { return now += took *= 0.9; }); // the last one is the fastest
        QVERIFY(kernels(true, false) != ruled);
        QVERIFY(kernels(false, true) == ruled);
    }

  private:
    void add(const char* name, double seconds, const char* refusal = "", const char* doubt = "") {
        KernelEntry entry{
            .id = std::string("test.") + name, .backend = "Test", .name = name, .competes = true};
        entry.layer = schema_.id;
        const auto make = [this, seconds, refusal](const ParamValues& params,
                                                   const LayerRequest& r) -> KernelOffer {
            if (*refusal) return declined(refusal);
            return std::make_unique<CostlyStep>(makeReferenceStep(schema_, params, r), seconds);
        };
        QVERIFY(kernelRegistry().add(kernelFor<ParamValues>(
            std::move(entry), make,
            [doubt](const ParamValues&, const LayerRequest&) -> std::string { return doubt; })));
    }
    /// Of a layer as it is; all of its kernels are alike.
    static KernelChoice tried(const LayerSchema& schema, const LayerSample& sample, const LayerRequest& r) {
        CheckedLayer layer;
        layer.schema = &schema;
        layer.params = sample.params;
        layer.inputs = sample.inputs;
        layer.outputs = {r.output};
        layer.weights = LayerBench<float>(schema, sample, batch).weightSpecs();
        KernelTrials trials;
        double now = 0;
        trials.begin({}, [&] { return now += 1; });
        return trials.choose(layer, r, true);
    }
    QString file() const { return folder_->filePath("kernels.json"); }
    LayerRequest request() const { return requestFor(schema_, sample_, true); }
    std::string ruled() const { return chooseKernel(schema_, sample_.params, request()).use.id; }
    KernelUse choose(KernelTrials& trials, bool mayTry) const {
        return trials.choose(layer_, request(), mayTry).use;
    }
    /// By a program that begins anew.
    KernelUse chosen(const QString& path, bool mayTry) const {
        KernelTrials trials;
        trials.begin(path.toStdString(), [] { return fakeSeconds; });
        return choose(trials, mayTry);
    }
    KernelUse chosen() const { return chosen(file(), true); }

    /// A layer that no kernel but these knows.
    const LayerSchema schema_ = [] {
        LayerSchema schema = *layerRegistry().find("groupnorm");
        schema.id = "test.layer";
        schema.operation = nullptr;
        return schema;
    }();
    const LayerSample& sample_ = schema_.samples.front();
    const CheckedLayer layer_ = [this] {
        CheckedLayer layer;
        layer.schema = &schema_;
        layer.params = sample_.params;
        layer.inputs = sample_.inputs;
        layer.outputs = {*schema_.inferShape(sample_.params, sample_.inputs)};
        layer.weights = LayerBench<float>(schema_, sample_, batch).weightSpecs();
        return layer;
    }();
    std::unique_ptr<QTemporaryDir> folder_;
    std::size_t before_ = 0;
};

QTEST_GUILESS_MAIN(KernelTrialsTest)
#include "kernel_trials_test.moc"
