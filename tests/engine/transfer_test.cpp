// Weights of one network in another: what fits, what can be adapted, and what is refused.
#include "engine/plan/transfer.h"

#include <QTest>
#include <ctime>
#include <numeric>

using namespace burdock;

namespace {

using Dims = std::vector<std::int64_t>;

std::unique_ptr<ParameterStore> storeOf(const Dims& dims) {
    auto store = std::make_unique<ParameterStore>();
    store->declare("layer.weight", {"weight", dims}, {});
    store->allocate();
    return store;
}

std::vector<float> counted(const Dims& dims) {
    std::vector<float> values(static_cast<std::size_t>(sizeOf(dims)));
    std::iota(values.begin(), values.end(), 1.0f);
    return values;
}

} // namespace

class TransferTest : public QObject {
    Q_OBJECT
  private slots:
    /// An array of another shape is taken only where each value keeps its role.
    void shapes_data() {
        QTest::addColumn<Dims>("from");
        QTest::addColumn<Dims>("to");
        QTest::addColumn<bool>("fits");
        QTest::newRow("a vector, and maps of one pixel") << Dims{64} << Dims{64, 1, 1} << true;
        QTest::newRow("dense, and a convolution of one pixel") << Dims{8, 3, 1, 1} << Dims{8, 3} << true;
        QTest::newRow("dense, and a convolution of one position") << Dims{8, 3} << Dims{8, 3, 1} << true;
        QTest::newRow("a batch of one table") << Dims{1, 5, 6} << Dims{5, 6} << true;
        QTest::newRow("one output, many inputs") << Dims{9, 1} << Dims{1, 9} << false;
        QTest::newRow("inputs for outputs") << Dims{64, 1, 3, 3} << Dims{64, 3, 1, 3} << false;
        QTest::newRow("an output's inputs, and a vector") << Dims{1, 9} << Dims{9} << false;
        QTest::newRow("a kernel for inputs") << Dims{8, 1, 9} << Dims{8, 9} << false;
        QTest::newRow("another order") << Dims{3, 8} << Dims{8, 3} << false;
        QTest::newRow("height for width") << Dims{8, 3, 5, 1} << Dims{8, 3, 1, 5} << false;
        QTest::newRow("grey for coloured") << Dims{4, 1, 3, 3} << Dims{4, 3, 3, 3} << true;
    }
    void shapes() {
        QFETCH(Dims, from);
        QFETCH(Dims, to);
        QFETCH(bool, fits);
        const auto store = storeOf(to);
        WeightSet weights;
        weights.tensors.push_back({"layer.weight", from, counted(from)});
        const auto report = loadPartially(*store, TensorsInMemory(weights));
        QVERIFY(report);
        QCOMPARE(report->adapted.size(), fits ? 1u : 0u);
        QCOMPARE(report->fresh.size(), fits ? 0u : 1u);
        QCOMPARE(report->leftOver.size(), fits ? 0u : 1u);
        if (fits && sizeOf(from) == sizeOf(to)) QVERIFY(store->valuesOf(0) == counted(from));
        if (!fits) QVERIFY(store->valuesOf(0) == std::vector<float>(counted(to).size(), 0.0f));
    }
    /// What a file says of sizes is compared with the values that came.
    void tooFewValuesAreRefused() {
        const Dims dims{4, 3};
        const auto store = storeOf(dims);
        WeightSet weights;
        weights.tensors.push_back({"layer.weight", dims, counted(dims)});
        for (const std::size_t values : {std::size_t{0}, std::size_t{11}, std::size_t{13}}) {
            weights.tensors[0].values.resize(values);
            const auto partial = loadPartially(*store, TensorsInMemory(weights));
            QVERIFY(!partial && partial.error().code == "weights.damaged" &&
                    partial.error().where == "layer.weight");
            const Status whole = store->load(weights);
            QVERIFY(!whole && whole.error().code == "weights.mismatch");
        }
        weights.tensors[0] = {"layer.weight", {1, 4, 3}, {1, 2, 3}}; // which would fit
        QVERIFY(!loadPartially(*store, TensorsInMemory(weights)));
        QVERIFY(store->valuesOf(0) == std::vector<float>(12, 0.0f));
    }
    /// What a file says is compared with the network before any of its values are read, of which there may be
    /// as many as the file is large.
    void namesAndSizesAreComparedFirst() {
        struct Huge final : TensorSource {
            std::vector<Entry> all;
            mutable int reads = 0;
            const std::vector<Entry>& entries() const override { return all; }
            Result<std::vector<float>> read(std::size_t index) const override {
                ++reads;
                return std::vector<float>(static_cast<std::size_t>(sizeOf(all[index].dims)), 1.0f);
            }
        } source;
        const auto store = storeOf({4, 3});
        constexpr std::int64_t huge = std::int64_t{1} << 40;
        for (const auto& entries : {std::vector<TensorSource::Entry>{{"layer.weight", {huge, huge}}},
                                    {{"layer.weight", {4, 3}}, {"other.weight", {huge}}},
                                    {{"other.weight", {huge}}}}) {
            source.all = entries;
            const Status whole = store->load(source);
            QVERIFY(!whole && whole.error().code == "weights.mismatch");
            QCOMPARE(source.reads, 0);
        }
        source.all = {{"layer.weight", {huge, huge}}, {"other.weight", {huge}}};
        const auto report = loadPartially(*store, source);
        QVERIFY(report && report->fresh.size() == 1 && report->leftOver.size() == 2);
        QCOMPARE(source.reads, 0);
        source.all = {{"layer.weight", {4, 3}}};
        QVERIFY(store->load(source));
        QCOMPARE(source.reads, 1);
    }
    /// Time grows with the arrays, not with their square.
    void manyArrays() {
        constexpr int count = 30'000;
        ParameterStore store;
        WeightSet weights;
        for (int i = 0; i < count; ++i) {
            store.declare("layer " + std::to_string(i) + ".weight", {"weight", {1}}, {});
            weights.tensors.push_back(
                {"layer " + std::to_string(count - 1 - i) + ".weight", {1}, {static_cast<float>(i)}});
        }
        store.allocate();
        const std::clock_t begun = std::clock();
        QVERIFY(store.load(weights));
        const auto report = loadPartially(store, TensorsInMemory(weights));
        QVERIFY(report && report->taken.size() == count);
        QVERIFY(static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC < 5);
        QCOMPARE(store.valuesOf(0)[0], static_cast<float>(count - 1));
    }
};

QTEST_GUILESS_MAIN(TransferTest)
#include "transfer_test.moc"
