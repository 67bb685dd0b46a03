#include "queue_fixture.h"

#include "session/expected_time.h"

#include <atomic>
#include <semaphore>
#include <thread>

using namespace burdock;
using namespace burdock::testing;

/// How long a run is expected to take, and with how many of the samples it would be shorter.
class TestExpectedTime : public QObject, private QueueFixture {
    Q_OBJECT

    Result<ExpectedTime> measured(const TrainingRequest& asked, const std::function<bool()>& stopped = {}) {
        return measureTime(asked.graph, *catalog_.open(asked.dataset.toStdString()), asked.config, 1,
                           stopped);
    }

    std::optional<SmallerData> smallerOf(const char* reference, const ExpectedTime& time) {
        return smallerData(catalog_, reference, (*catalog_.open(reference))->info(), time);
    }

  private slots:
    void initTestCase() { addData(); }

    /// All epochs and the test take longer than the epochs alone; folds are runs of their own.
    void aRunIsItsEpochsAndItsTest() {
        const auto time = measured(request("fake", 7));
        QVERIFY2(time, time ? "" : oneLine(time.error()).c_str());
        QVERIFY(time->epoch > 0);
        QVERIFY(time->run > 7 * time->epoch && time->run < 8 * time->epoch + 1);
        QVERIFY(!time->mayEndSooner);
        TrainingRequest folds = request("fake", 7);
        folds.config.folds = 5;
        folds.config.patience = 3;
        const auto all = measured(folds);
        QVERIFY(all && all->run > 5 * 7 * all->epoch && all->mayEndSooner);
        folds.config.fold = 2;
        const auto one = measured(folds);
        QVERIFY(one && one->run < 2 * 7 * one->epoch + 1);
    }

    /// As soon as somebody wants no more of it, not a step more.
    void itIsBrokenOff() {
        int asked = 0;
        const auto time = measured(request("fake", 3), [&] { return ++asked > 2; });
        QVERIFY(!time);
        QCOMPARE(time.error().code, std::string("time.stopped"));
        QVERIFY(asked < 6);
    }

    /// Two that measured at once would take the processors from each other: the second one reads nothing yet.
    void oneMeasuresAtATime() {
        const TrainingRequest asked = request("fake", 3);
        std::binary_semaphore begun{0}, goOn{0};
        bool told = false;
        std::jthread first([&] {
            (void)measured(asked, [&] {
                if (!std::exchange(told, true)) {
                    begun.release();
                    goOn.acquire();
                }
                return true;
            });
        });
        begun.acquire();
        std::atomic<std::int64_t> read = 0;
        const auto data =
            std::make_shared<const Watched>([&read](std::int64_t reads, float*) { read = reads; });
        int waited = 0;
        const auto second =
            measureTime(asked.graph, data, asked.config, 1, [&waited] { return ++waited > 2; });
        const std::int64_t readMeanwhile = read;
        goOn.release();
        first.join();
        QVERIFY(!second);
        QCOMPARE(second.error().code, std::string("time.stopped"));
        QCOMPARE(readMeanwhile, std::int64_t{0});
        QVERIFY(measureTime(asked.graph, data, asked.config, 1));
        QVERIFY(read > 0);
    }

    void whatCannotBeTrainedHasNoTime() {
        TrainingRequest wrong = request("flat", 3); // a table, and the network takes pictures
        const auto time = measured(wrong);
        QVERIFY(!time);
        QVERIFY(!time.error().what.empty());
    }

    void wordsHaveNoMoreDigitsThanAnExpectation() {
        for (const auto& [seconds, words] :
             {std::pair(0.2, "less than 1 s"), std::pair(1.2, "1 s"), std::pair(39.6, "40 s"),
              std::pair(420.0, "7 min"), std::pair(150.0, "2.5 min"), std::pair(9000.0, "2.5 h"),
              std::pair(259'200.0, "3 days")})
            QCOMPARE(roughDuration(seconds), QString::fromLatin1(words));
        QCOMPARE(expectedText({40, 420}), QStringLiteral("about 40 s an epoch · 7 min in all"));
        QCOMPARE(expectedText({40, 420, true}), QStringLiteral("about 40 s an epoch · 7 min at most"));
        QCOMPARE(expectedText({0.8, 13}), QStringLiteral("about 13 s in all"));
        QCOMPARE(expectedText({0.01, 0.2}), QStringLiteral("less than 1 s in all"));
    }

    void whereItIsLongFewerSamplesAreOffered() {
        const auto offered = [this](const char* reference, const ExpectedTime& time) {
            const auto smaller = smallerOf(reference, time);
            return smaller ? smaller->reference : std::string();
        };
        QCOMPARE(offered("large", {30, 500}), std::string());
        QCOMPARE(offered("large", {60, 1500}), std::string("large:share=0.1"));
        QCOMPARE(smallerOf("large", {60, 1500})->seconds, 150.0);
        QCOMPARE(offered("large:share=0.5", {60, 1500}), std::string("large:share=0.05"));
        QCOMPARE(offered("large", {6000, 1e6}), std::string("large:share=0.01"));
        QVERIFY(!smallerData(catalog_, "nowhere", (*catalog_.open("large"))->info(), {60, 1500}));
        QVERIFY(measured(request("fake", 7))->test > 0);
    }

    /// A share leaves the test whole: what it takes is not saved, and may be most of it.
    void theTestIsNotShortened() {
        const auto smaller = smallerOf("large", {60, 1500, false, 100});
        QVERIFY(smaller);
        QCOMPARE(smaller->reference, std::string("large:share=0.05"));
        QCOMPARE(smaller->seconds, 170.0);
        QVERIFY(!smallerOf("large", {60, 1500, false, 1200}));
    }

    /// Not so few that nothing is learned: of 240 samples there is no less, of 60,000 in 100 classes 2,000
    /// are.
    void someSamplesAreLeft() {
        QVERIFY(!smallerOf("fake", {60, 1500}));
        DatasetInfo info = (*catalog_.open("large"))->info();
        info.classNames.resize(100);
        QCOMPARE(smallerData(catalog_, "large", info, {6000, 1e6})->reference,
                 std::string("large:share=0.05"));
    }

    /// The same samples every time, with the targets that they had; the test is whole.
    void aShareOfTheSamplesIsTrainedOn() {
        const auto whole = *catalog_.open("large"), part = *catalog_.open("large:share=0.1"),
                   again = *catalog_.open("large:share=0.1");
        QCOMPARE(part->info().trainSize, 6000);
        QCOMPARE(part->info().testSize, 6000);
        QCOMPARE(part->info().sha256, whole->info().sha256);
        QCOMPARE(QString::fromStdString(part->info().title), QStringLiteral("Three stripes (10 %)"));
        QCOMPARE(QString::fromStdString((*catalog_.open("large:share=1e-9"))->info().title),
                 QStringLiteral("Three stripes (less than 0.01 %)"));
        QVERIFY2(part->info().notes.back().find("Of the 60000 samples to train on 6000") != std::string::npos,
                 part->info().notes.back().c_str());
        std::vector<float> values(36), same(36);
        int classes[3] = {};
        for (std::int64_t i = 0; i < 6000; i += 7) {
            float target = 0;
            part->readTarget(Part::Train, i, &target);
            ++classes[static_cast<int>(target)];
            part->readInput(Part::Train, i, values.data());
            again->readInput(Part::Train, i, same.data());
            QVERIFY(values == same);
        }
        for (const int n : classes)
            QVERIFY(n > 200);
        part->readInput(Part::Test, 17, values.data());
        whole->readInput(Part::Test, 17, same.data());
        QVERIFY(values == same);
        for (const char* refused : {"large:share=0", "large:share=1.5", "large:share=few"})
            QCOMPARE(catalog_.open(refused).error().param, std::string("share"));
    }

    /// Of what is given for validation a share is taken too, and it stays the last of the samples.
    void aShareKeepsWhatIsGivenForValidation() {
        class Given final : public FakeDataset {
          public:
            Given() {
                info_ = FakeDataset::info();
                info_.validationSize = 40;
            }
            const DatasetInfo& info() const override { return info_; }

          private:
            DatasetInfo info_;
        };
        DatasetEntry entry;
        entry.id = entry.title = "given";
        entry.available = true;
        entry.open = [](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> {
            return std::make_shared<const Given>();
        };
        QVERIFY(catalog_.add(std::move(entry)));
        const auto part = *catalog_.open("given:share=0.5");
        QCOMPARE(part->info().trainSize, 120);
        QCOMPARE(part->info().validationSize, 20);
    }
};

QTEST_GUILESS_MAIN(TestExpectedTime)
#include "expected_time_test.moc"
