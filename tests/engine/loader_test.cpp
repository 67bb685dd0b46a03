#include "engine/train/data_loader.h"
#include "engine/train/loss.h"
#include "train_support.h"

#include <QtTest>
#include <ctime>

#include <cerrno>
#include <cmath>
#include <dlfcn.h>
#include <limits>
#include <mutex>
#include <numeric>
#include <pthread.h>
#include <set>
#include <thread>

using namespace burdock;

// Stands before the system's, so that threads can be refused; behind it stands a sanitizer's, if there is
// one.
static std::atomic<int> threadsLeft{1000};
extern "C" int __interceptor_pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                                            void* (*work)(void*), void* argument) __attribute__((weak));
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*work)(void*),
                              void* argument) noexcept {
    if (threadsLeft-- <= 0) return EAGAIN;
    if (__interceptor_pthread_create) return __interceptor_pthread_create(thread, attributes, work, argument);
    static const auto real = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
    return real(thread, attributes, work, argument);
}

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();

/// Pictures whose first pixel tells the sample's number.
class Pictures : public Dataset {
  public:
    explicit Pictures(std::int64_t count, Shape shape = {1, 8, 8}) {
        info_.input = shape;
        info_.targets = count;
        info_.trainSize = count;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        for (std::int64_t i = 0; i < info_.input.size(); ++i)
            values[i] = static_cast<float>((index + i) % 97) / 97;
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        *values = static_cast<float>(index);
    }

  private:
    DatasetInfo info_;
};

/// Two features, one of them sometimes missing, and a number to predict.
class Table : public Dataset {
  public:
    Table() {
        info_.task = Task::Regression;
        info_.input = {2, 1, 1};
        info_.trainSize = 5;
        info_.standardise = info_.standardiseTargets = true;
        info_.missingValues = 1;
    }
    const DatasetInfo& info() const override { return info_; }
    void readInput(Part, std::int64_t index, float* values) const override {
        values[0] = index == 1 ? missing : static_cast<float>(index);
        values[1] = 7;
    }
    void readTarget(Part, std::int64_t index, float* values) const override {
        *values = 100 + 10 * static_cast<float>(index);
    }
    DatasetInfo info_;
};

std::vector<std::int64_t> firstOf(std::int64_t count) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

Augmentation augmentation(const char* text) {
    return Augmentation(*parseAugmentation(text));
}

/// By sample: what the loader gave for it in that epoch.
std::map<int, std::vector<float>> loaded(DataLoader& loader, std::int64_t epoch, std::int64_t from = 0) {
    std::map<int, std::vector<float>> all;
    loader.start(epoch, from);
    while (const MiniBatch* batch = loader.next())
        for (std::int64_t i = 0; i < batch->size; ++i) {
            const float* first = batch->inputs.data() + 64 * i;
            all[static_cast<int>(batch->targets.data()[i])] = {first, first + 64};
        }
    return all;
}

} // namespace

class LoaderTest : public QObject {
    Q_OBJECT
  private slots:
    /// A class that the data do not have would index beyond the outputs.
    void classesAreChecked() {
        struct Odd final : Pictures {
            float of;
            explicit Odd(float odd)
                : Pictures(20)
                , of(odd) {}
            void readTarget(Part, std::int64_t index, float* values) const override {
                *values = index == 13 ? of : 0;
            }
        };
        for (const float odd : {-5.0f, 20.0f, 1.5f, 1e30f, missing}) {
            const auto data = std::make_shared<const Odd>(odd);
            DataLoader loader(data, Part::Train, firstOf(20), {}, 5, false, 1);
            loader.start(1);
            std::string told;
            try {
                while (loader.next()) {
                }
            } catch (const std::out_of_range& e) {
                told = e.what();
            }
            QVERIFY2(told.find("sample 14") != std::string::npos, told.c_str());
            QVERIFY_THROWS_EXCEPTION(std::out_of_range, countTargets(*data, firstOf(20)));
        }
    }
    void aSampleDependsOnSeedEpochAndIndexOnly() {
        const auto data = std::make_shared<Pictures>(100);
        const auto make = [&](std::int64_t batch, bool shuffle, std::uint64_t seed,
                              std::int64_t count = 100) {
            return DataLoader(data, Part::Train, firstOf(count), {}, batch, shuffle, seed,
                              augmentation("shift;rotate;noise"));
        };
        DataLoader large = make(32, true, 1), small = make(7, false, 1), part = make(7, true, 1, 30),
                   other = make(32, true, 2);
        const auto first = loaded(large, 1), second = loaded(large, 2);
        QCOMPARE(first.size(), 100u);
        QVERIFY(loaded(small, 1) == first);
        QVERIFY(loaded(large, 1) == first); // again
        QVERIFY(first.at(5) != second.at(5));
        QVERIFY(loaded(other, 1).at(5) != first.at(5));
        for (const auto& [sample, values] : loaded(part, 2))
            QCOMPARE(values, second.at(sample));
    }
    void anEpochCanBeginInTheMiddle() {
        const auto data = std::make_shared<Pictures>(100);
        DataLoader loader(data, Part::Train, firstOf(100), {}, 8, true, 3, augmentation("shift"));
        std::vector<float> whole, rest;
        const auto read = [&](std::vector<float>& to, std::int64_t from) {
            loader.start(4, from);
            while (const MiniBatch* batch = loader.next())
                to.insert(to.end(), batch->inputs.data(), batch->inputs.data() + 64 * batch->size);
        };
        read(whole, 0);
        read(rest, 9);
        QCOMPARE(rest.size(), std::size_t(64 * (100 - 72)));
        QVERIFY(std::equal(rest.rbegin(), rest.rend(), whole.rbegin()));
    }
    /// Where the system gives one thread or none, the same samples come.
    void threadsThatCannotStart() {
        const auto data = std::make_shared<const Pictures>(52);
        const auto load = [&](int threads) {
            threadsLeft = threads;
            DataLoader loader(data, Part::Train, firstOf(52), {}, 7, true, 3, augmentation("flip"));
            const int asked = threads - threadsLeft;
            threadsLeft = 1000;
            const auto first = loaded(loader, 1);
            loader.start(2);
            loader.next();
            return std::tuple(asked, first, loaded(loader, 3, 2));
        };
        const auto [all, first, third] = load(1000);
        QCOMPARE(all, 2);
        QCOMPARE(first.size(), 52u);
        for (const int threads : {1, 0}) {
            const auto [asked, firstOfFewer, thirdOfFewer] = load(threads);
            QCOMPARE(asked, threads + 1);
            QVERIFY(firstOfFewer == first && thirdOfFewer == third);
        }
    }
    /// Where samples take long, as large pictures that are decoded do, and whoever takes them does not.
    void lateBatchesGetAnotherThread() {
        struct Slow final : Pictures {
            Slow()
                : Pictures(240) {}
            void readInput(Part part, std::int64_t index, float* values) const override {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
                const std::lock_guard lock(mutex);
                readers.insert(std::this_thread::get_id());
                Pictures::readInput(part, index, values);
            }
            std::size_t threads() const {
                const std::lock_guard lock(mutex);
                return readers.size();
            }
            mutable std::mutex mutex;
            mutable std::set<std::thread::id> readers;
        };
        const auto slow = std::make_shared<const Slow>();
        DataLoader loader(slow, Part::Train, firstOf(240), {}, 8, true, 3);
        DataLoader fast(std::make_shared<const Pictures>(240), Part::Train, firstOf(240), {}, 8, true, 3);
        QVERIFY(loaded(loader, 1) == loaded(fast, 1));
        for (int epoch = 2; epoch < 10 && slow->threads() < 2; ++epoch)
            QVERIFY(loaded(loader, epoch) == loaded(fast, epoch));
        QVERIFY(slow->threads() >= 2);
        QVERIFY(loaded(loader, 10) == loaded(fast, 10));
    }
    void epochsMayBeLeftUnfinished() {
        const auto data = std::make_shared<Pictures>(400);
        DataLoader loader(data, Part::Train, firstOf(400), {}, 4, true, 3, augmentation("rotate"));
        DataLoader fresh(data, Part::Train, firstOf(400), {}, 4, true, 3, augmentation("rotate"));
        for (int i = 1; i < 40; ++i) {
            loader.start(i);
            for (int k = 0; k < i % 5; ++k)
                QVERIFY(loader.next());
        }
        QVERIFY(loaded(loader, 50) == loaded(fresh, 50));
    }
    void scalingIsMeasuredOnTheTrainingSplitAlone() {
        Table table;
        const std::vector<std::int64_t> samples{0, 1, 4}; // features 0, missing, 4; targets 100, 110, 140
        const Scaling scaling = Scaling::measure(table, samples);
        std::vector<float> sample{missing, 9};
        scaling.apply(sample);
        QCOMPARE(sample, (std::vector<float>{0, 0})); // the mean, and a feature that never changes
        sample = {4, 7};
        scaling.apply(sample);
        QVERIFY(std::abs(sample[0] - 1) < 1e-6f);
        std::vector<float> target{140};
        scaling.applyToTargets(target);
        QVERIFY(std::abs(target[0] - 23.3333f / 16.9967f) < 1e-4f);
        scaling.undoOnTargets(target);
        QVERIFY(std::abs(target[0] - 140) < 1e-4f);
        // Missing values are filled also where nothing is standardised.
        sample = {missing, 9};
        Scaling::measure(table, samples, Normalise::Off).apply(sample);
        QCOMPARE(sample, (std::vector<float>{2, 9}));
    }
    /// A charge in coulombs is learned as one in elementary charges.
    void scalingKnowsNoSmallestUnit() {
        struct Tiny final : Table {
            explicit Tiny(float unit)
                : unit_(unit) {}
            void readInput(Part, std::int64_t index, float* values) const override {
                values[0] = unit_ * static_cast<float>(index);
                values[1] = unit_;
            }
            void readTarget(Part part, std::int64_t index, float* values) const override {
                readInput(part, index, values);
            }
            float unit_;
        };
        for (const float unit : {1.6e-19f, 1e-37f, 3e30f}) {
            const Tiny table(unit);
            const Scaling scaling = Scaling::measure(table, firstOf(5));
            std::vector<float> sample{4 * unit, unit};
            scaling.apply(sample);
            QVERIFY(std::abs(sample[0] - std::sqrt(2.0f)) < 1e-5f);
            QCOMPARE(sample[1], 0.0f);
            std::vector<float> target{4 * unit};
            scaling.applyToTargets(target);
            QVERIFY(std::abs(target[0] - std::sqrt(2.0f)) < 1e-5f);
        }
    }
    void channelsAreNormalisedAlike() {
        Pictures pictures(50, {2, 3, 3});
        const Scaling scaling = Scaling::measure(pictures, firstOf(50), Normalise::Channels);
        QCOMPARE(scaling.mean.size(), 18u);
        double sum = 0, square = 0;
        for (std::int64_t s = 0; s < 50; ++s) {
            std::vector<float> values(18);
            pictures.readInput(Part::Train, s, values.data());
            scaling.apply(values);
            for (std::size_t i = 9; i < 18; ++i) {
                QCOMPARE(scaling.mean[i], scaling.mean[9]);
                sum += values[i];
                square += values[i] * values[i];
            }
        }
        QVERIFY(std::abs(sum / 450) < 1e-4 && std::abs(square / 450 - 1) < 1e-3);
        QVERIFY(Scaling::measure(pictures, firstOf(50)).mean.empty());
    }
    /// Who waits for data trains no faster than they come.
    void theSpeedToldIsThatOfTheData() {
        struct Slow final : testing::Clouds {
            Slow()
                : Clouds(Task::Multiclass, 60) {}
            void readInput(Part part, std::int64_t index, float* values) const override {
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
                Clouds::readInput(part, index, values);
            }
        };
        TrainConfig config;
        config.epochs = 2;
        config.batch = 10;
        testing::Recorder recorder;
        testing::train(testing::network(3), std::make_shared<const Slow>(), config, recorder);
        QCOMPARE(recorder.epochs.size(), size_t(2));
        for (const EpochRecord& epoch : recorder.epochs)
            QVERIFY2(epoch.samplesPerSecond > 0 && epoch.samplesPerSecond <= 1000,
                     qPrintable(QString::number(epoch.samplesPerSecond)));
    }
    /// Loading must keep ahead of training: more than 20,000 augmented pictures a second here, even on a
    /// machine that does other work.
    void loadingIsFast() {
        const auto data = std::make_shared<Pictures>(20000, Shape{1, 28, 28});
        DataLoader loader(data, Part::Train, firstOf(20000), {}, 128, true, 1, augmentation("shift;flip"));
        const std::clock_t begun = std::clock(); // of both threads, whatever else the machine does
        loader.start(1);
        std::int64_t samples = 0;
        while (const MiniBatch* batch = loader.next())
            samples += batch->size;
        const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
        qInfo("%.0f samples/s", static_cast<double>(samples) / seconds);
        QCOMPARE(samples, 20000);
        if (__interceptor_pthread_create) QSKIP("A sanitizer takes the time.");
        QVERIFY(static_cast<double>(samples) / seconds > 20000);
    }
};

QTEST_GUILESS_MAIN(LoaderTest)
#include "loader_test.moc"
