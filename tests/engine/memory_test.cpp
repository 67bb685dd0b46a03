#include "noise_dataset.h"
#include "train_support.h"

#include "engine/models/templates.h"
#include "engine/tensor/address_space.h"
#include "engine/train/evaluator.h"
#include "engine/train/free_memory.h"
#include "engine/train/memory.h"
#include "engine/train/stepper.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <malloc.h>

using namespace burdock;
using namespace burdock::testing;

namespace {

std::int64_t residentBytes() {
    std::ifstream file("/proc/self/statm");
    std::int64_t all = 0, resident = 0;
    file >> all >> resident;
    return resident * 4096;
}

} // namespace

/// The memory that training is told to take, and that there is.
class MemoryTest : public QObject {
    Q_OBJECT

  private slots:
    /// Most of what is reserved is never touched: where nothing is limited, it may be more than there is.
    void reservesBeyondMemory() {
        QFile policy("/proc/sys/vm/overcommit_memory"), memory("/proc/meminfo");
        if (!policy.open(QIODevice::ReadOnly) || policy.readAll().trimmed() != "0" ||
            !memory.open(QIODevice::ReadOnly))
            QSKIP("The system promises memory by another rule.");
        const qint64 total = memory.readLine().simplified().split(' ').value(1).toLongLong() * 1024;
        QVERIFY(total > 0);
        QVERIFY(canReserve(total + total / 8));
    }
    /// What is told beforehand is what a run then takes.
    void memoryIsKnown_data() {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("batch");
        QTest::newRow("cnn") << QByteArray("lecture-cnn") << 64;
        QTest::newRow("mlp") << QByteArray("mlp") << 8192;
    }
    void memoryIsKnown() {
#ifdef __SANITIZE_ADDRESS__
        QSKIP("AddressSanitizer keeps freed memory and adds its own: the process's size says nothing.");
#endif
        QFETCH(QByteArray, model);
        QFETCH(int, batch);
        class Pictures final : public Dataset {
          public:
            explicit Pictures(std::int64_t n) {
                info_.id = info_.title = "pictures";
                info_.input = {1, 28, 28};
                info_.targets = 10;
                info_.trainSize = n;
                info_.testSize = 1;
            }
            const DatasetInfo& info() const override { return info_; }
            void readInput(Part, std::int64_t, float* v) const override { std::fill_n(v, 784, 0.5f); }
            void readTarget(Part, std::int64_t index, float* v) const override {
                *v = static_cast<float>(index % 10);
            }

          private:
            DatasetInfo info_;
        };
        const ModelTemplate* found = findTemplate(model.toStdString());
        QVERIFY(found);
        const Graph graph = found->build();
        TrainConfig config;
        config.batch = batch;
        config.epochs = 1;
        config.validationFraction = 0;
        const auto estimate = estimateMemory(*checkNetwork(graph), config, defaultLoss(Task::Multiclass));
        QVERIFY(estimate);
        const std::int64_t expected = estimate->total() - estimate->writing; // no notebook is written to
        const auto data = std::make_shared<const Pictures>(batch);
        malloc_trim(0);
        const std::int64_t before = residentBytes();
        auto trainer = Trainer::make(graph, data, config);
        QVERIFY(trainer);
        Recorder recorder;
        TrainControl control;
        QCOMPARE((*trainer)->run(recorder, control).status, RunStatus::Finished);
        const std::int64_t taken = residentBytes() - before;
        qInfo("%s: told %.1f MB, taken %.1f MB", model.constData(), static_cast<double>(expected) / 1e6,
              static_cast<double>(taken) / 1e6);
        const double loader = 785.0 * 4 * batch; // the one mini-batch that is loaded belongs to the data
        QVERIFY(std::abs(static_cast<double>(taken) - loader - static_cast<double>(expected)) <
                0.1 * static_cast<double>(expected) + 8e6);
    }
    void tooLargeIsRefusedAtOnce() {
        const Graph graph = chain({1000, 1, 1}, {{"dense", {{"units", std::int64_t{1000000}}}},
                                                 {"dense", {{"units", std::int64_t{2000}}}},
                                                 {"dense", {{"units", std::int64_t{1000000}}}},
                                                 {"dense", {{"units", std::int64_t{2000}}}},
                                                 {"dense", {{"units", std::int64_t{1000000}}}},
                                                 {"dense", {{"units", std::int64_t{1}}}}});
        const std::int64_t before = residentBytes();
        const auto refused = checkMemory(*checkNetwork(graph), {}, defaultLoss(Task::Regression));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, std::string("memory"));
        QVERIFY(refused.error().what.find(" GB") != std::string::npos);
        QVERIFY(residentBytes() - before < 50'000'000);
    }
    /// A block takes what its layers take one by one, however much that is.
    void repeatedBlocksCountEachTime() {
        constexpr std::int64_t wide = 1 << 14, repeat = 40;
        Graph all = chain({wide, 1, 1}, {}), nested;
        NodeId last = all.nodes().front().id;
        for (std::int64_t i = 0; i < repeat; ++i)
            for (const NodeId next : {all.add("dense", {{"units", wide}}), all.add("relu")}) {
                all.connect(last, next);
                last = next;
            }
        const NodeId input = nested.add(
            "input", {{"channels", wide}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}});
        Node block;
        block.type = blockType;
        block.block = Block{
            std::make_shared<const Graph>(chain({wide, 1, 1}, {{"dense", {{"units", wide}}}, {"relu", {}}})),
            repeat};
        nested.connect(input, nested.add(block));
        const auto unrolled = checkNetwork(all), repeated = checkNetwork(nested);
        QVERIFY(unrolled && repeated);
        TrainConfig config;
        config.precision = "f32";
        const auto wanted = estimateMemory(*unrolled, config, defaultLoss(Task::Regression));
        const auto told = estimateMemory(*repeated, config, defaultLoss(Task::Regression));
        QVERIFY(wanted && told);
        QCOMPARE(told->total(), wanted->total());
        QCOMPARE(told->checkpoints, 3 * repeat * (wide + 1) * wide * 4); // weights, and Adam's two slots
        QCOMPARE(told->writing, 64'000'000);
        QVERIFY(told->weights >= repeat * wide * wide * 4); // beyond what most machines have
        QVERIFY(told->activations >= repeat * wide * 32 * 4);
    }
    /// Whatever rest the samples leave, and in whatever parts they are put through: the weights are told with
    /// every copy that a plan comes to make, and the arena holds all plans.
    void restsAreCounted_data() {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("batch");
        QTest::addColumn<int>("micro");
        QTest::addColumn<QByteArray>("precision");
        for (const char* model : {"lecture-cnn", "mlp", "lenet5", "resnet28"})
            for (const char* precision : {"f32", "mixed"})
                for (const int micro : {0, 3})
                    QTest::addRow("%s, %s, parts of %d", model, precision, micro)
                        << QByteArray(model) << 16 << micro << QByteArray(precision);
    }
    void restsAreCounted() {
        QFETCH(QByteArray, model);
        QFETCH(int, batch);
        QFETCH(int, micro);
        QFETCH(QByteArray, precision);
        const Graph graph = findTemplate(model.toStdString())->build();
        const CheckedNetwork network = *checkNetwork(graph);
        TrainConfig config;
        config.batch = batch;
        config.microBatch = micro;
        config.precision = precision.toStdString();
        config.validationFraction = 0.25;
        for (const int rest : {0, 1, 2, 3, 5, 7, 8, 11, 15}) {
            const int trained = 2 * batch + rest;
            const auto data = std::make_shared<const NoiseDataset>(graph, trained + (trained + 1) / 3);
            const Split split = makeSplit(*data, config.validationFraction, 0);
            const auto samples = static_cast<std::int64_t>(split.train.size());
            QCOMPARE(trainCount(*data, config.validationFraction), samples);
            const LossSchema& loss = defaultLoss(data->info().task);
            const auto told = estimateMemory(network, config, loss, samples);
            QVERIFY(told);
            auto stepper = Stepper::make(network, data, config, split.train, told->activations);
            QVERIFY(stepper);
            const auto evaluator = Evaluator::make(network, (*stepper)->store(), data, config, {},
                                                   split.train, &(*stepper)->plan());
            QVERIFY(evaluator);
            const PlanMemory first = (*stepper)->plan().memory();
            QCOMPARE(told->weights, first.weights + first.copies);
            QVERIFY(told->activations >= first.arena);
            QVERIFY(told->gradients >= first.gradients);
        }
    }
    /// A data set that ends in no test part, and shares that round to nothing or to all.
    void samplesAreCountedAsTheyAreSplit() {
        for (const int samples : {1, 2, 3, 10, 203})
            for (const double fraction : {0.0, 0.01, 0.1, 0.5, 0.99}) {
                const Clouds data(Task::Multiclass, samples);
                QCOMPARE(trainCount(data, fraction),
                         static_cast<std::int64_t>(makeSplit(data, fraction, 3).train.size()));
            }
    }
    /// Of a process's control groups the one with the least counts, and so do those that they lie in; what
    /// the kernel keeps of files gives way.
    void controlGroupsLimit() {
        const QTemporaryDir folder;
        const std::string root = folder.path().toStdString();
        const auto write = [&](const std::string& name, const std::string& text) {
            QVERIFY(QDir(folder.path()).mkpath(QFileInfo(QString::fromStdString(name)).path()));
            std::ofstream(root + "/" + name) << text;
        };
        const auto left = [&](const std::string& groups) {
            write("process", groups);
            return leftOfGroups(root + "/process", root).value_or(-1);
        };
        QCOMPARE(left("0::/a/b\n"), -1);
        write("a/b/memory.max", "max\n");
        write("a/b/memory.current", "700\n");
        QCOMPARE(left("0::/a/b\n"), -1);
        write("a/memory.max", "1000\n");
        write("a/memory.current", "800\n");
        write("a/memory.stat", "anon 5\ninactive_file 50\n");
        QCOMPARE(left("0::/a/b\n"), 250);
        write("memory.max", "900\n"); // a container's own group, which is mounted as the root
        write("memory.current", "850\n");
        QCOMPARE(left("0::/not/mounted\n"), 50);
        QCOMPARE(left("0::/\n"), 50);
        QCOMPARE(left("0::/a/b\n"), 50);
        write("memory/jobs/memory.limit_in_bytes", "500\n");
        write("memory/jobs/memory.usage_in_bytes", "480\n");
        QCOMPARE(left("12:cpu:/\n4:memory:/jobs/7\n"), 20);
        QCOMPARE(left("4:cpu,memory:/jobs\n0::/\n"), 20);
        QCOMPARE(left("broken\n:\n"), -1);
        QVERIFY(availableMemory().value_or(1) > 0);
    }
};

QTEST_GUILESS_MAIN(MemoryTest)
#include "memory_test.moc"
