#include "data_files.h"
#include "described_dataset.h"
#include "engine/data/sample_facts.h"
#include "engine/data/subset.h"

#include <QElapsedTimer>
#include <QtTest>

#include <cmath>

using namespace burdock;

namespace {

/// A hundred pictures of one value, their number, which tell all that a data set can.
class Telling final : public Dataset, public SampleFacts {
  public:
    Telling() {
        info_.id = info_.title = "telling";
        info_.task = Task::Regression;
        info_.input = {1, 1, 1};
        info_.trainSize = 100;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        *values = static_cast<float>(index);
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        *values = static_cast<float>(index);
    }
    Result<std::shared_ptr<const NewSamples>> readNew(const std::filesystem::path&) const override {
        return asked("file");
    }
    std::vector<InputField> inputFields() const override {
        std::vector<InputField> fields(1);
        fields.front().name = "x";
        return fields;
    }
    Result<std::shared_ptr<const NewSamples>> readFields(std::span<const std::string>) const override {
        return asked("fields");
    }
    std::int64_t groupOf(Part, std::int64_t index) const override { return index / 3; }
    double timeOf(Part, std::int64_t index) const override { return 0.5 * static_cast<double>(index); }
    std::optional<RowSpan> rowsOf(Part, std::int64_t index) const override {
        return RowSpan{index, index + 4};
    }
    PictureAxes axes() const override { return {"frequency", "time"}; }

  private:
    static tl::unexpected<Diagnostic> asked(std::string code) {
        Diagnostic d;
        d.code = std::move(code);
        return tl::unexpected(std::move(d));
    }
    DatasetInfo info_;
};

} // namespace

class SamplesTest : public QObject {
    Q_OBJECT
  private slots:
    void everyEntryOpensAsDescribed_data() {
        QTest::addColumn<QString>("id");
        QVERIFY(shippedCatalog().entries().size() >= 10);
        for (const DatasetEntry& entry : shippedCatalog().entries())
            QTest::newRow(entry.id.c_str()) << QString::fromStdString(entry.id);
    }
    void everyEntryOpensAsDescribed() {
        QFETCH(QString, id);
        const DatasetEntry* entry = shippedCatalog().find(id.toStdString());
        QVERIFY(entry);
        QVERIFY(!entry->title.empty() && !entry->doc.empty() && !entry->licence.empty());
        if (!entry->available) {
            QCOMPARE(id, "fashion-mnist"); // the only one that is not shipped
            QVERIFY(entry->unavailable.find("apt-get install dataset-fashion-mnist") != std::string::npos);
            return;
        }
        const auto opened = shippedCatalog().open(entry->id);
        QVERIFY2(opened, opened ? "" : oneLine(opened.error()).c_str());
        const Dataset& data = **opened;
        const DatasetInfo& info = data.info();
        QCOMPARE(info.id, entry->id);
        QCOMPARE(info.title, entry->title);
        QCOMPARE(info.task, entry->task);
        QCOMPARE(info.licence, entry->licence);
        QCOMPARE(info.sha256.size(), 64u);
        QVERIFY(info.trainSize > 100);
        QVERIFY(info.task == Task::Regression || info.classNames.size() >= 2);
        for (const Part part : {Part::Train, Part::Test})
            for (std::int64_t i = 0; i < data.size(part); i += 1 + data.size(part) / 1000) {
                for (const float value : inputOf(data, part, i))
                    QVERIFY(std::isfinite(value) || (std::isnan(value) && info.missingValues > 0));
                const float target = targetOf(data, part, i)[0];
                QVERIFY(std::isfinite(target));
                if (info.task != Task::Regression)
                    QVERIFY(target >= 0 && target < static_cast<float>(info.classNames.size()));
            }
    }
    void fashionMnist() {
        const DatasetEntry* entry = shippedCatalog().find("fashion-mnist");
        QVERIFY(entry);
        if (!entry->available) QSKIP("dataset-fashion-mnist is not installed");
        QElapsedTimer timer;
        timer.start();
        const auto data = shippedCatalog().open("fashion-mnist");
        qInfo("opened in %lld ms", timer.elapsed());
        QVERIFY(data);
        const DatasetInfo& info = (*data)->info();
        QCOMPARE(info.trainSize, 60000);
        QCOMPARE(info.testSize, 10000);
        QVERIFY(info.input == (Shape{1, 28, 28}));
        QCOMPARE(info.classNames.size(), 10u);
        QCOMPARE(info.classNames[9], "Ankle boot");
        QCOMPARE(targetOf(**data, Part::Train, 0)[0], 9.f);
        double sum = 0;
        for (std::int64_t i = 0; i < 60000; i += 60)
            for (const float value : inputOf(**data, Part::Train, i))
                sum += value;
        QVERIFY(std::abs(sum / (1000 * 784) - 0.286) < 0.01); // the known mean of the training images
    }
    void fashionMnistSmallIsBalanced() {
        const auto data = shippedCatalog().open("fashion-mnist-small");
        QVERIFY(data);
        QCOMPARE((*data)->info().trainSize, 2000);
        QCOMPARE((*data)->info().testSize, 500);
        std::vector<int> count(10);
        for (std::int64_t i = 0; i < 500; ++i)
            ++count[static_cast<std::size_t>(targetOf(**data, Part::Test, i)[0])];
        QCOMPARE(count, std::vector<int>(10, 50));
    }
    /// Data of another name, and a share of the samples, tell what the data themselves do.
    void whatDataTellIsHandedOn() {
        const auto data = std::make_shared<const Telling>();
        SampleDescription description;
        description.id = "described";
        description.task = Task::Regression;
        const auto described = describeDataset(data, description);
        QVERIFY(described);
        for (const auto& of : {*described, shareOf(data, 0.5), shareOf(*described, 0.5)}) {
            QCOMPARE(of->inputFields().size(), 1u);
            QCOMPARE(of->readNew("x").error().code, "file");
            QCOMPARE(of->readFields({}).error().code, "fields");
            QCOMPARE(factsOf(*of).axes().width, "time");
            for (std::int64_t i = 0; i < of->info().trainSize; ++i) {
                const auto sample = static_cast<std::int64_t>(targetOf(*of, Part::Train, i)[0]);
                QCOMPARE(of->groupOf(Part::Train, i), sample / 3);
                QCOMPARE(of->timeOf(Part::Train, i), 0.5 * static_cast<double>(sample));
                const auto rows = factsOf(*of).rowsOf(Part::Train, i);
                QVERIFY(rows && rows->first == sample && rows->last == sample + 4);
            }
        }
    }
};

QTEST_GUILESS_MAIN(SamplesTest)
#include "samples_test.moc"
