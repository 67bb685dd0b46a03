// What training asks of the heap: nothing in a step, and in all what was told beforehand. The program counts
// by standing before the C library's allocator, so it is not built with sanitizers, which do the same.
#include "../support/noise_dataset.h"
#include "engine/models/chain.h"
#include "engine/models/templates.h"
#include "engine/train/data_loader.h"
#include "engine/train/memory.h"
#include "engine/train/trainer.h"

#include <QTest>

#include <atomic>
#include <cerrno>
#include <dlfcn.h>
#include <malloc.h>
#include <map>
#include <new>
#include <numeric>
#include <thread>

using namespace burdock;
using burdock::testing::NoiseDataset;

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);
}

namespace {

/// What was asked for while it listens; nothing here may allocate.
struct Ledger {
    static constexpr std::size_t most = 1 << 16;
    std::atomic<bool> listens{false};
    std::atomic<std::size_t> count{0};
    std::array<void*, most> callers{};
    std::atomic<std::int64_t> live{0}, peak{0};

    void* note(void* memory, void* caller) {
        if (!memory) return memory;
        const auto size = static_cast<std::int64_t>(malloc_usable_size(memory));
        const std::int64_t now = live += size;
        std::int64_t highest = peak;
        while (now > highest && !peak.compare_exchange_weak(highest, now)) {
        }
        if (listens)
            if (const std::size_t place = count++; place < most) callers[place] = caller;
        return memory;
    }
    void forget(void* memory) {
        if (memory) live -= static_cast<std::int64_t>(malloc_usable_size(memory));
    }
    /// How many each library asked for.
    std::map<std::string, std::size_t> byLibrary() const {
        std::map<std::string, std::size_t> found;
        for (std::size_t i = 0; i < std::min(count.load(), most); ++i) {
            Dl_info info{};
            const bool known = dladdr(callers[i], &info) != 0 && info.dli_fname;
            const std::string path = known ? info.dli_fname : "?";
            ++found[path.substr(path.rfind('/') + 1)];
        }
        return found;
    }
};
constinit Ledger ledger;

} // namespace

extern "C" {
void* malloc(std::size_t size) {
    return ledger.note(__libc_malloc(size), __builtin_return_address(0));
}
void* calloc(std::size_t n, std::size_t size) {
    return ledger.note(__libc_calloc(n, size), __builtin_return_address(0));
}
void* realloc(void* memory, std::size_t size) {
    ledger.forget(memory);
    return ledger.note(__libc_realloc(memory, size), __builtin_return_address(0));
}
void* memalign(std::size_t alignment, std::size_t size) {
    return ledger.note(__libc_memalign(alignment, size), __builtin_return_address(0));
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    return ledger.note(__libc_memalign(alignment, size), __builtin_return_address(0));
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
    *memory = ledger.note(__libc_memalign(alignment, size), __builtin_return_address(0));
    return *memory ? 0 : ENOMEM;
}
void free(void* memory) {
    ledger.forget(memory);
    __libc_free(memory);
}
}

// So that the caller is the library that said `new`, not the C++ library.
void* operator new(std::size_t size) {
    if (void* memory = ledger.note(__libc_malloc(size), __builtin_return_address(0))) return memory;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size) {
    if (void* memory = ledger.note(__libc_malloc(size), __builtin_return_address(0))) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    free(memory);
}
void operator delete[](void* memory) noexcept {
    free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    free(memory);
}

namespace {

/// Listens from step `from` on, for `steps` steps, and then stops the run.
struct Listener final : TrainObserver {
    TrainControl control;
    std::int64_t from = 20, steps = 40;
    void onStep(const StepRecord& record) override {
        if (record.step == from) ledger.listens = true;
        if (record.step != from + steps) return;
        ledger.listens = false;
        control.requestStop();
    }
};

Graph smallCnn() {
    Graph g;
    NodeId last = g.add(
        "input", {{"channels", std::int64_t{1}}, {"height", std::int64_t{28}}, {"width", std::int64_t{28}}});
    const auto then = [&](const char* type, ParamValues params = {}) {
        const NodeId id = g.add(type, std::move(params));
        g.connect(last, id);
        last = id;
    };
    then("conv2d", {{"filters", std::int64_t{32}}});
    then("batchnorm");
    then("relu");
    then("maxpool2d");
    then("conv2d", {{"filters", std::int64_t{32}}});
    then("spatial_dropout");
    then("crop2d", {{"top", std::int64_t{1}}, {"left", std::int64_t{1}}});
    then("groupnorm");
    then("prelu");
    then("tanh");
    then("avgpool2d");
    then("flatten");
    then("dropout");
    then("dense", {{"units", std::int64_t{10}}});
    then("softmax");
    return g;
}

Graph recurrentNetwork() {
    return Chain("recurrent", Shape::sequence(12, 8))
        .then("lstm", "lstm", {{"units", std::int64_t{64}}, {"return_sequences", true}})
        .then("gru", "gru", {{"units", std::int64_t{40}}})
        .dense(10)
        .softmax();
}

} // namespace

class AllocationTest : public QObject {
    Q_OBJECT

  private slots:
    void stepAllocatesNothing_data() {
        QTest::addColumn<Graph>("graph");
        QTest::addColumn<QByteArray>("precision");
        QTest::addColumn<bool>("recompute");
        const Graph mlp = findTemplate("mlp")->build(), cnn = smallCnn();
        QTest::newRow("MLP") << mlp << QByteArray("f32") << false;
        QTest::newRow("CNN") << cnn << QByteArray("f32") << false;
        QTest::newRow("CNN, mixed") << cnn << QByteArray("mixed") << false;
        QTest::newRow("GPT") << findTemplate("gpt-nano")->build() << QByteArray("f32") << false;
        QTest::newRow("CNN, recomputing") << cnn << QByteArray("f32") << true;
        for (const char* precision : {"f32", "mixed"})
            QTest::addRow("recurrent, %s", precision) << recurrentNetwork() << QByteArray(precision) << false;
    }
    /// oneDNN lists a primitive's arguments anew in each execution; all else is there before.
    void stepAllocatesNothing() {
        QFETCH(Graph, graph);
        TrainConfig config;
        QFETCH(QByteArray, precision);
        QFETCH(bool, recompute);
        config.precision = precision.toStdString();
        config.recompute = recompute;
        config.clipNorm = 1;
        config.batch = 16;
        auto trainer = Trainer::make(graph, std::make_shared<const NoiseDataset>(graph, 2000), config);
        QVERIFY(trainer);
        Listener listener;
        ledger.count = 0;
        QCOMPARE((*trainer)->run(listener, listener.control).status, RunStatus::Stopped);
        for (const auto& [library, count] : ledger.byLibrary()) {
            qInfo("%s: %.1f a step", library.c_str(),
                  static_cast<double>(count) / static_cast<double>(listener.steps));
            QVERIFY2(library.starts_with("libdnnl"), library.c_str());
        }
    }

    /// However late a loader of small mini-batches comes to hold as many as it ever will.
    void loaderAllocatesNothing() {
        struct Gated final : Dataset {
            NoiseDataset noise{findTemplate("mlp")->build(), 2000};
            std::atomic<bool> open{false};
            mutable std::atomic<int> read{0};
            const DatasetInfo& info() const override { return noise.info(); }
            void readInput(Part part, std::int64_t index, float* values) const override {
                open.wait(false);
                noise.readInput(part, index, values);
                ++read;
            }
            void readTarget(Part part, std::int64_t index, float* values) const override {
                noise.readTarget(part, index, values);
            }
        };
        const auto data = std::make_shared<Gated>();
        std::vector<std::int64_t> samples(2000);
        std::iota(samples.begin(), samples.end(), 0);
        DataLoader loader(data, Part::Train, samples, {}, 4, true, 1);
        loader.start(1);
        ledger.count = 0;
        ledger.listens = true;
        data->open = true;
        data->open.notify_all();
        while (data->read < 60) // fifteen mini-batches
            std::this_thread::yield();
        ledger.listens = false;
        QCOMPARE(ledger.count.load(), std::size_t{0});
    }

    void memoryIsWhatWasTold_data() {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("batch");
        QTest::addColumn<QByteArray>("precision");
        QTest::addColumn<bool>("recompute");
        const auto row = [](const char* model, int batch, const char* precision, bool recompute = false) {
            QTest::addRow("%s, %s%s", model, precision, recompute ? ", recomputing" : "")
                << QByteArray(model) << batch << QByteArray(precision) << recompute;
        };
        for (const char* precision : {"f32", "mixed"}) {
            row("lecture-cnn", 32, precision);
            row("mlp", 32, precision);
            row("gpt-nano", 12, precision);
            row("resnet18", 2, precision);
        }
        row("resnet18", 2, "f32", true);
    }
    /// The largest sum of memory that is held at a time, over two epochs with their checkpoints.
    void memoryIsWhatWasTold() {
        QFETCH(QByteArray, model);
        QFETCH(int, batch);
        QFETCH(QByteArray, precision);
        QFETCH(bool, recompute);
        const Graph graph = findTemplate(model.toStdString())->build();
        // Two full mini-batches and a smaller one.
        const auto data = std::make_shared<const NoiseDataset>(graph, 2 * batch + 1 + batch / 3);
        TrainConfig config;
        config.batch = batch;
        config.epochs = 2;
        config.validationFraction = 0;
        config.precision = precision.toStdString();
        config.recompute = recompute;
        const auto told = estimateMemory(*checkNetwork(graph), config, defaultLoss(data->info().task));
        QVERIFY(told);
        // What oneDNN builds for shapes it has not met, 40 to 100 kB a primitive, it keeps for the program.
        QVERIFY(Trainer::make(graph, data, config));
        const std::int64_t before = ledger.live;
        ledger.peak = before;
        {
            auto trainer = Trainer::make(graph, data, config);
            QVERIFY(trainer);
            TrainObserver observer;
            TrainControl control;
            QCOMPARE((*trainer)->run(observer, control).status, RunStatus::Finished);
        }
        // No notebook is written to here.
        const auto total = static_cast<double>(told->total() - told->writing);
        // The mini-batches that the loader holds belong to the data.
        const double loaded = 4.0 * batch *
                              static_cast<double>(data->info().input.size() + data->targetWidth()) *
                              sizeof(float);
        const double held = static_cast<double>(ledger.peak - before) - loaded;
        qInfo("told %.2f MB, held %.2f MB, and %.2f MB of data", total / 1e6, held / 1e6, loaded / 1e6);
        const double descriptions = 1e6; // of the primitives, which the steps hold
        QVERIFY(std::abs(held - total) < 0.1 * total + descriptions);
    }
};

QTEST_GUILESS_MAIN(AllocationTest)
#include "allocation_test.moc"
