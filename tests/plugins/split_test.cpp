#include "engine/data/dataset_catalog.h"
#include "engine/data/split.h"
#include "support/several.h"

#include <QtTest>

#include <numeric>
#include <set>
#include <thread>

using namespace burdock;

namespace {

class Numbers final : public Dataset {
  public:
    Numbers(std::int64_t train, std::int64_t test, std::int64_t validation = 0) {
        info_.validationSize = validation;
        info_.trainSize = train;
        info_.testSize = test;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        *values = static_cast<float>(index);
    }
    void readTarget(Part, std::int64_t, float* values) const override { *values = 0; }

  private:
    DatasetInfo info_;
};

/// Every training index is in exactly one list.
bool isPartition(const Split& split, std::int64_t train) {
    std::multiset<std::int64_t> all(split.train.begin(), split.train.end());
    all.insert(split.validation.begin(), split.validation.end());
    if (split.testPart == Part::Train) all.insert(split.test.begin(), split.test.end());
    std::vector<std::int64_t> expected(static_cast<std::size_t>(train));
    std::iota(expected.begin(), expected.end(), 0);
    return std::vector<std::int64_t>(all.begin(), all.end()) == expected;
}

} // namespace

class SplitTest : public QObject {
    Q_OBJECT
  private slots:
    void ownTestPartIsKept() {
        const Split split = makeSplit(Numbers(60000, 10000), 0.1, 1);
        QCOMPARE(split.testPart, Part::Test);
        QCOMPARE(split.test.size(), 10000u);
        QCOMPARE(split.validation.size(), 6000u);
        QCOMPARE(split.train.size(), 54000u);
        QVERIFY(isPartition(split, 60000));
        QVERIFY(std::is_sorted(split.train.begin(), split.train.end()));
    }
    void testPartIsSplitOffAndTheSameForEverySeed() {
        const Numbers data(150, 0);
        const Split a = makeSplit(data, 0.1, 1), b = makeSplit(data, 0.3, 2);
        QCOMPARE(a.testPart, Part::Train);
        QCOMPARE(a.test.size(), 30u);
        QCOMPARE(a.validation.size(), 12u);
        QCOMPARE(b.validation.size(), 36u);
        QCOMPARE(a.test, b.test);
        QVERIFY(a.validation != makeSplit(data, 0.1, 2).validation);
        QVERIFY(isPartition(a, 150) && isPartition(b, 150));
    }
    /// Given validation samples are in no other part, whatever the share and the seed.
    void ownValidationPartIsKept() {
        for (const std::int64_t tests : {0, 30})
            for (const double fraction : {0.0, 0.1, 0.5}) {
                const Numbers data(200, tests, 40);
                const Split split = makeSplit(data, fraction, 3);
                QCOMPARE(split.validation.size(), 40u);
                QCOMPARE(split.validation.front(), 160);
                QCOMPARE(split.validation.back(), 199);
                QCOMPARE(split.test.size(), tests > 0 ? 30u : 32u);
                QVERIFY(isPartition(split, 200));
                QCOMPARE(trainCount(data, fraction), static_cast<std::int64_t>(split.train.size()));
            }
        QCOMPARE(makeSplit(Numbers(3, 1, 3), 0.1, 1).train.size(), 1u); // at least one to train on
    }
    void neverChanges() {
        // Recorded once: a run can be evaluated again only while these stay what they are.
        QCOMPARE(shuffledIndices(8, 1, 0), (std::vector<std::int64_t>{4, 1, 7, 2, 6, 3, 0, 5}));
        const Numbers data(1000, 0);
        QCOMPARE(makeSplit(data, 0.1, 7).validation, makeSplit(data, 0.1, 7).validation);
    }
    void shuffleIsEven() {
        // Where index 0 lands over many seeds: chi-squared over 10 places, 9 degrees of freedom.
        std::vector<int> places(10);
        for (std::uint64_t seed = 0; seed < 5000; ++seed) {
            const auto order = shuffledIndices(10, seed, 3);
            ++places[static_cast<std::size_t>(std::find(order.begin(), order.end(), 0) - order.begin())];
        }
        double chi = 0;
        for (const int n : places)
            chi += (n - 500.0) * (n - 500.0) / 500.0;
        QVERIFY2(chi < 27.9, qPrintable(QString::number(chi))); // p = 0.001
    }
    void smallSetsKeepOneSampleToTrainOn() {
        for (std::int64_t n = 0; n <= 5; ++n)
            for (const double fraction : {0.0, 0.1, 0.5, 0.99}) {
                const Split split = makeSplit(Numbers(n, 0), fraction, 1);
                QVERIFY(isPartition(split, n));
                QVERIFY(n == 0 || !split.train.empty());
                QVERIFY(fraction > 0 || split.validation.empty());
            }
        QCOMPARE(makeSplit(Numbers(5, 1), 0.1, 1).validation.size(), 1u);
    }
};

class CatalogTest : public QObject {
    Q_OBJECT
  private slots:
    void refusesWhatItCannotUse() {
        DatasetCatalog catalog;
        QVERIFY(!catalog.add(DatasetEntry{}));
        DatasetEntry entry;
        entry.id = "one";
        QVERIFY(catalog.add(entry));
        QCOMPARE(catalog.add(entry).error().code, "registry.entry");
        entry.id = "two";
        entry.available = true;
        QCOMPARE(catalog.add(entry).error().code, "registry.entry");
        QVERIFY(!catalog.add(DatasetFormat{}));
        QCOMPARE(catalog.open("one").error().code, "dataset.unavailable");
        QCOMPARE(catalog.open("no such").error().code, "dataset.unknown");
        QCOMPARE(catalog.open("").error().code, "dataset.unknown");
    }
    void openDataAreShared() {
        DatasetCatalog catalog;
        std::atomic<int> opened = 0;
        DatasetEntry entry;
        entry.id = "shared";
        entry.available = true;
        entry.open = [&](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> {
            ++opened;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            return std::make_shared<Numbers>(3, 0);
        };
        QVERIFY(catalog.add(entry));
        std::vector<std::shared_ptr<const Dataset>> all(4);
        std::vector<std::thread> threads;
        for (auto& place : all)
            threads.emplace_back([&] { place = catalog.open("shared").value_or(nullptr); });
        for (auto& thread : threads)
            thread.join();
        QCOMPARE(opened.load(), 1);
        for (const auto& data : all)
            QVERIFY(data && data == all[0]);
        all.clear();
        QVERIFY(catalog.open("shared"));
        QCOMPARE(opened.load(), 2);
    }
};

ADD_TEST_CLASS(SplitTest)
ADD_TEST_CLASS(CatalogTest)

int main(int argc, char** argv) {
    return burdock::test::runClasses(argc, argv);
}
#include "split_test.moc"
