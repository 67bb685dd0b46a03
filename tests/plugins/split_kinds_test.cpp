#include "engine/data/adapt.h"
#include "engine/data/split.h"
#include "engine/tensor/random.h"
#include "support/several.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <map>
#include <set>

using namespace burdock;

namespace {

/// Samples with a class, a group and a time each.
struct Described final : Dataset {
    DatasetInfo facts;
    std::vector<std::int64_t> classes, groups;
    std::vector<double> times;

    /// Drawn by `seed`: classes of quite different sizes, groups of 1 to some 20 samples, times with ties.
    explicit Described(std::uint64_t seed, std::int64_t samples) {
        facts.title = "Drawn";
        facts.trainSize = samples;
        facts.targets = 2 + static_cast<std::int64_t>(randomBelow(seed, 1, 6));
        facts.groupedBy = "patient";
        facts.orderedBy = "day";
        const std::uint64_t ofGroups = 3 + randomBelow(seed, 2, 1 + static_cast<std::uint64_t>(samples) / 4);
        for (std::int64_t i = 0; i < samples; ++i) {
            const auto at = static_cast<std::uint64_t>(i) * 4 + 10;
            const double u = randomUniform(seed, at);
            classes.push_back(static_cast<std::int64_t>(u * u * u * static_cast<double>(facts.targets)));
            groups.push_back(static_cast<std::int64_t>(randomBelow(seed, at + 1, ofGroups)) * 7 - 5);
            times.push_back(static_cast<double>(randomBelow(seed, at + 2, 40)));
        }
        for (std::size_t i = 0; i < 3; ++i)
            groups[i] = static_cast<std::int64_t>(i) + 1'000'000; // three of them at the least
    }
    const DatasetInfo& info() const override { return facts; }
    void readInput(Part, std::int64_t, float* values) const override { *values = 0; }
    void readTarget(Part, std::int64_t index, float* values) const override {
        *values = static_cast<float>(classes[static_cast<std::size_t>(index)]);
    }
    std::int64_t groupOf(Part part, std::int64_t index) const override {
        return part == Part::Test ? 1'000'000 + index : groups[static_cast<std::size_t>(index)];
    }
    double timeOf(Part, std::int64_t index) const override { return times[static_cast<std::size_t>(index)]; }
};

std::vector<const Samples*> partsOf(const Split& split) {
    std::vector<const Samples*> parts{&split.train, &split.validation};
    if (split.testPart == Part::Train) parts.push_back(&split.test);
    return parts;
}

bool areDisjoint(const Split& split, std::size_t together) {
    std::set<std::int64_t> all;
    std::size_t count = 0;
    for (const Samples* part : partsOf(split)) {
        if (!std::is_sorted(part->begin(), part->end())) return false;
        all.insert(part->begin(), part->end());
        count += part->size();
    }
    return all.size() == count && count == together;
}

std::map<std::int64_t, std::int64_t> counts(const Samples& samples, const std::vector<std::int64_t>& labels) {
    std::map<std::int64_t, std::int64_t> all;
    for (const std::int64_t sample : samples)
        ++all[labels[static_cast<std::size_t>(sample)]];
    return all;
}

/// Whether `part` has of each class its share of `whole`, within one sample.
bool isShare(const Samples& part, const Samples& whole, const std::vector<std::int64_t>& classes) {
    auto taken = counts(part, classes);
    for (const auto& [label, samples] : counts(whole, classes)) {
        const double exact = static_cast<double>(samples) * static_cast<double>(part.size()) /
                             static_cast<double>(whole.size());
        if (std::abs(static_cast<double>(taken[label]) - exact) >= 1) return false;
    }
    return true;
}

Samples together(const Samples& a, const Samples& b) {
    Samples both;
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    return both;
}

std::uint64_t hashOf(const Split& split) {
    std::uint64_t hash = 0xcbf29ce484222325ULL; // FNV-1a, -1 behind each list
    for (const Samples* list : {&split.train, &split.validation, &split.test}) {
        for (const std::int64_t sample : *list)
            hash = (hash ^ static_cast<std::uint64_t>(sample)) * 0x100000001b3ULL;
        hash = (hash ^ ~std::uint64_t(0)) * 0x100000001b3ULL;
    }
    return hash;
}

void isDrawn() {
    QTest::addColumn<int>("samples");
    QTest::addColumn<double>("fraction");
    for (const int samples : {12, 57, 150, 1001})
        for (const double fraction : {0.0, 0.1, 0.4})
            QTest::addRow("%d, %.1f", samples, fraction) << samples << fraction;
}

constexpr int draws = 25;

} // namespace

/// Splits by class, group and time, and folds, over data that are drawn at random.
class SplitKindsTest : public QObject {
    Q_OBJECT
  private slots:
    /// Kept runs are evaluated by the split that they were trained with: recorded once, by an implementation
    /// of its own.
    void thatOfKeptRunsStays_data() {
        QTest::addColumn<int>("train");
        QTest::addColumn<int>("test");
        QTest::addColumn<double>("fraction");
        QTest::addColumn<quint64>("seed");
        QTest::addColumn<quint64>("hash");
        QTest::newRow("a table") << 1000 << 0 << 0.1 << quint64(7) << quint64(0xcbc75fd1d3efb2e6ULL);
        QTest::newRow("iris") << 150 << 0 << 0.1 << quint64(1) << quint64(0x41a9b5447ab3968dULL);
        QTest::newRow("mnist") << 60000 << 10000 << 0.1 << quint64(1) << quint64(0x510186255e8b1ba2ULL);
        QTest::newRow("digits") << 1797 << 0 << 0.25 << quint64(2147483647) << quint64(0xe6a957e38268bcf4ULL);
    }
    void thatOfKeptRunsStays() {
        QFETCH(int, train);
        QFETCH(int, test);
        QFETCH(double, fraction);
        QFETCH(quint64, seed);
        QFETCH(quint64, hash);
        Described data(1, train);
        data.facts.testSize = test;
        QCOMPARE(quint64(hashOf(makeSplit(data, fraction, seed))), hash);
        const auto same = makeSplit(data, SplitOptions{fraction, seed});
        QVERIFY(same && same->warnings.empty());
        QCOMPARE(quint64(hashOf(*same)), hash);
    }
    void eachClassHasItsShare_data() { isDrawn(); }
    void eachClassHasItsShare() {
        QFETCH(int, samples);
        QFETCH(double, fraction);
        for (std::uint64_t seed = 0; seed < draws; ++seed) {
            const Described data(seed, samples);
            const SplitOptions options{fraction, seed, SplitKind::Stratified};
            const auto split = makeSplit(data, options);
            QVERIFY(split && areDisjoint(*split, static_cast<std::size_t>(samples)));
            const Samples left = together(split->train, split->validation);
            QVERIFY(isShare(split->test, together(left, split->test), data.classes));
            QVERIFY(isShare(split->validation, left, data.classes));
            // As large as any other split, and the same again.
            QCOMPARE(split->test.size(), makeSplit(data, fraction, seed).test.size());
            QCOMPARE(split->validation.size(), makeSplit(data, fraction, seed).validation.size());
            QCOMPARE(trainCount(data, options), std::ssize(split->train));
            QCOMPARE(makeSplit(data, options)->train, split->train);
            const SplitOptions other{fraction, seed + 1, SplitKind::Stratified};
            QCOMPARE(makeSplit(data, other)->test, split->test);
        }
    }
    void noGroupIsParted_data() { isDrawn(); }
    void noGroupIsParted() {
        QFETCH(int, samples);
        QFETCH(double, fraction);
        for (std::uint64_t seed = 0; seed < draws; ++seed) {
            const Described data(seed, samples);
            const SplitOptions options{fraction, seed, SplitKind::Grouped};
            const auto split = makeSplit(data, options);
            QVERIFY(split && areDisjoint(*split, static_cast<std::size_t>(samples)));
            QVERIFY(!split->train.empty() && !split->test.empty());
            QCOMPARE(split->validation.empty(), fraction == 0);
            std::set<std::int64_t> groups;
            std::size_t ofParts = 0;
            for (const Samples* part : partsOf(*split))
                for (const auto& [group, count] : counts(*part, data.groups)) {
                    groups.insert(group);
                    ++ofParts;
                }
            QCOMPARE(groups.size(), ofParts);
            QCOMPARE(trainCount(data, options), std::ssize(split->train));
        }
    }
    void theLastAreTested_data() { isDrawn(); }
    void theLastAreTested() {
        QFETCH(int, samples);
        QFETCH(double, fraction);
        for (std::uint64_t seed = 0; seed < draws; ++seed) {
            Described data(seed, samples);
            const SplitOptions options{fraction, seed, SplitKind::Time};
            const auto split = makeSplit(data, options);
            QVERIFY(split && areDisjoint(*split, static_cast<std::size_t>(samples)));
            QCOMPARE(split->test.size(), makeSplit(data, fraction, seed).test.size());
            QCOMPARE(trainCount(data, options), std::ssize(split->train));
            const auto when = [&](std::int64_t i) { return std::pair(data.timeOf(Part::Train, i), i); };
            for (const auto& [before, after] :
                 {std::pair(&split->train, &split->validation), std::pair(&split->validation, &split->test),
                  std::pair(&split->train, &split->test)})
                for (const std::int64_t a : *before)
                    for (const std::int64_t b : *after)
                        QVERIFY(when(a) < when(b));
        }
    }
    void withoutAColumnOfTimesTheOrderCounts() {
        struct Plain final : Dataset {
            DatasetInfo facts;
            Plain() { facts.trainSize = 100; }
            const DatasetInfo& info() const override { return facts; }
            void readInput(Part, std::int64_t, float* values) const override { *values = 0; }
            void readTarget(Part, std::int64_t, float* values) const override { *values = 0; }
        };
        const auto split = makeSplit(Plain(), {0.1, 1, SplitKind::Time});
        QVERIFY(split);
        QCOMPARE(split->test.front(), 80);
        QCOMPARE(split->validation.front(), 72);
        QCOMPARE(split->train.back(), 71);
    }

    /// All folds together test every sample once; what one tests, it has not seen.
    void foldsAreAllSamples_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("samples");
        QTest::addColumn<int>("folds");
        for (const SplitKind kind : {SplitKind::Random, SplitKind::Stratified, SplitKind::Grouped})
            for (const int samples : {13, 150, 700})
                for (const int folds : {2, 3, 5, 10})
                    QTest::addRow("%s, %d, %d", splitKindKey(kind), samples, folds)
                        << static_cast<int>(kind) << samples << folds;
    }
    void foldsAreAllSamples() {
        QFETCH(int, kind);
        QFETCH(int, samples);
        QFETCH(int, folds);
        const auto by = static_cast<SplitKind>(kind);
        for (std::uint64_t seed = 0; seed < draws; ++seed) {
            const Described data(seed, samples);
            const auto groups = counts(makeSplit(data, 0, 0).train, data.groups).size() +
                                counts(makeSplit(data, 0, 0).test, data.groups).size();
            if (by == SplitKind::Grouped && groups < static_cast<std::size_t>(2 * folds)) continue;
            std::set<std::int64_t> tested;
            std::size_t count = 0, least = data.classes.size(), most = 0;
            for (std::int64_t fold = 1; fold <= folds; ++fold) {
                const SplitOptions options{0.2, seed, by, folds, fold};
                const auto split = makeSplit(data, options);
                if (!split && by == SplitKind::Grouped) break; // too few groups: refused below
                QVERIFY2(split, split ? "" : oneLine(split.error()).c_str());
                QCOMPARE(split->testPart, Part::Train);
                QVERIFY(areDisjoint(*split, static_cast<std::size_t>(samples)));
                QVERIFY(!split->train.empty() && !split->validation.empty());
                QCOMPARE(trainCount(data, options), std::ssize(split->train));
                tested.insert(split->test.begin(), split->test.end());
                count += split->test.size();
                least = std::min(least, split->test.size());
                most = std::max(most, split->test.size());
                Samples all = together(together(split->train, split->validation), split->test);
                if (by != SplitKind::Grouped) {
                    QVERIFY(isShare(split->test, all, data.classes));
                    QVERIFY(
                        isShare(split->validation, together(split->train, split->validation), data.classes));
                    continue;
                }
                const auto kept = counts(together(split->train, split->validation), data.groups);
                for (const auto& [group, of] : counts(split->test, data.groups))
                    QVERIFY(!kept.contains(group));
            }
            if (count == 0) continue;
            QCOMPARE(count, static_cast<std::size_t>(samples));
            QCOMPARE(tested.size(), count);
            QVERIFY(by == SplitKind::Grouped || most - least <= 1);
        }
    }
    /// The data's own test part is left alone, and its own validation part is every fold's.
    void partsOfTheDatasOwnAreKept() {
        Described data(3, 120);
        data.facts.testSize = 30;
        data.facts.validationSize = 20;
        std::set<std::int64_t> tested;
        for (std::int64_t fold = 1; fold <= 4; ++fold) {
            const auto split = makeSplit(data, {0.3, 1, SplitKind::Random, 4, fold});
            QVERIFY(split);
            QCOMPARE(split->testPart, Part::Train);
            QCOMPARE(split->validation.size(), 20U);
            QCOMPARE(split->validation.front(), 100);
            tested.insert(split->test.begin(), split->test.end());
        }
        QCOMPARE(tested.size(), 100U);
        QCOMPARE(*tested.rbegin(), 99);
    }
    void foldsOfTimeLookBackOnly() {
        for (std::uint64_t seed = 0; seed < draws; ++seed) {
            const Described data(seed, 103);
            std::set<std::int64_t> tested;
            std::size_t before = 0;
            for (std::int64_t fold = 1; fold <= 4; ++fold) {
                const SplitOptions options{0.2, seed, SplitKind::Time, 4, fold};
                const auto split = makeSplit(data, options);
                QVERIFY(split);
                QCOMPARE(split->test.size(), 20U);
                QCOMPARE(trainCount(data, options), std::ssize(split->train));
                const Samples seen = together(split->train, split->validation);
                QVERIFY(seen.size() > before);
                before = seen.size();
                for (const std::int64_t a : seen)
                    for (const std::int64_t b : split->test)
                        QVERIFY(std::pair(data.timeOf(Part::Train, a), a) <
                                std::pair(data.timeOf(Part::Train, b), b));
                tested.insert(split->test.begin(), split->test.end());
            }
            QCOMPARE(tested.size(), 80U);
        }
    }

    void tellsWhichClassesAreMissing() {
        Described data(1, 100);
        data.facts.targets = 3;
        data.facts.classNames = {"usual", "other", "rare"};
        for (std::size_t i = 0; i < data.classes.size(); ++i)
            data.classes[i] = i == 50 ? 2 : static_cast<std::int64_t>(i % 2);
        const auto split = makeSplit(data, {0.1, 1, SplitKind::Stratified});
        QVERIFY(split);
        QCOMPARE(split->warnings.size(), 1U);
        const Diagnostic& told = split->warnings[0];
        QCOMPARE(told.severity, Severity::Warning);
        QVERIFY2(told.why.find("“rare”, which has 1 sample, is not in the validation and test part") !=
                     std::string::npos,
                 oneLine(told).c_str());
        QVERIFY(
            std::binary_search(split->train.begin(), split->train.end(), 50)); // rather learnt than tested
        data.classes[50] = 0;
        QVERIFY(makeSplit(data, {0.1, 1, SplitKind::Stratified})->warnings.empty());
        QVERIFY(makeSplit(data, {0.1, 1, SplitKind::Random})->warnings.empty());
    }
    /// Of no test part nothing is missing, and it needs no group.
    void noTestPartAsksForNothing() {
        Described data(1, 60);
        data.facts.testShare = 0;
        data.facts.targets = 2;
        for (std::size_t i = 0; i < 60; ++i) {
            data.classes[i] = static_cast<std::int64_t>(i % 2);
            data.groups[i] = static_cast<std::int64_t>(i % 2);
        }
        for (const SplitKind kind : {SplitKind::Stratified, SplitKind::Grouped}) {
            const auto split = makeSplit(data, {0.25, 1, kind});
            QVERIFY2(split, split ? "" : oneLine(split.error()).c_str());
            QVERIFY(split->warnings.empty());
            QVERIFY(split->test.empty() && !split->validation.empty() && !split->train.empty());
        }
    }
    void kindsAreKnownByTheirKeys() {
        for (const SplitKind kind :
             {SplitKind::Random, SplitKind::Stratified, SplitKind::Grouped, SplitKind::Time})
            QVERIFY(splitKindFromKey(splitKindKey(kind)) == kind);
        QCOMPARE(splitKinds().size(), 4U);
        QCOMPARE(splitKindKey(SplitKind::Time), "time");
        QVERIFY(!splitKindFromKey("by moon"));
        const auto split = makeSplit(Described(1, 30), {0.1, 1, splitKindFromKey("by moon")});
        QVERIFY(!split);
        QCOMPARE(split.error().code, "split.kind");
    }
    /// Where every class has one sample, parts are as large as they should be all the same.
    void classesOfOneSampleDoNotEmptyAPart() {
        Described data(1, 20);
        data.facts.targets = 20;
        std::iota(data.classes.begin(), data.classes.end(), 0);
        const auto split = makeSplit(data, {0.25, 1, SplitKind::Stratified});
        QVERIFY(split && areDisjoint(*split, 20));
        QCOMPARE(split->test.size(), 4U);
        QCOMPARE(split->validation.size(), 4U);
        QVERIFY2(split->warnings.at(0).why.find("with 17 more") != std::string::npos,
                 split->warnings[0].why.c_str());
    }
    void tellsOfGroupsInBothParts() {
        Described data(1, 60);
        data.facts.testSize = 2; // its groups are two of those to train on
        const auto split = makeSplit(data, {0.1, 4, SplitKind::Grouped});
        QVERIFY(split);
        const auto trained = counts(split->train, data.groups);
        const auto shared = trained.count(1'000'000) + trained.count(1'000'001);
        QCOMPARE(split->warnings.size(), shared > 0 ? 1U : 0U);
        QVERIFY(shared > 0);
        QCOMPARE(split->warnings[0].code, "split.shared-groups");
    }

    void refusesWhatTheDataCannotGive_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("folds");
        QTest::addColumn<int>("fold");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("field");
        const auto row = [](const char* what, SplitKind kind, int folds, int fold, const char* code,
                            const char* field) {
            QTest::addRow("%s, %s, %d/%d", what, splitKindKey(kind), fold, folds)
                << what << static_cast<int>(kind) << folds << fold << code << field;
        };
        row("numbers", SplitKind::Stratified, 0, 0, "split.no-classes", "split");
        row("labels", SplitKind::Stratified, 0, 0, "split.no-classes", "split");
        row("no groups", SplitKind::Grouped, 0, 0, "split.no-groups", "split");
        row("two groups", SplitKind::Grouped, 0, 0, "split.few-groups", "split");
        row("two groups", SplitKind::Grouped, 2, 1, "split.few-groups", "split");
        row("three groups", SplitKind::Grouped, 4, 1, "split.few-groups", "split");
        row("no time", SplitKind::Time, 0, 0, "split.times", "split");
        row("few", SplitKind::Random, 11, 1, "split.folds", "folds");
        row("few", SplitKind::Time, 10, 1, "split.folds", "folds");
        row("few", SplitKind::Random, 5, 0, "split.fold", "fold");
        row("few", SplitKind::Random, 5, 6, "split.fold", "fold");
    }
    void refusesWhatTheDataCannotGive() {
        QFETCH(QString, what);
        QFETCH(int, kind);
        QFETCH(int, folds);
        QFETCH(int, fold);
        QFETCH(QString, code);
        QFETCH(QString, field);
        Described data(1, what == "few" ? 10 : 30);
        if (what == "numbers") data.facts.task = Task::Regression;
        if (what == "labels") data.facts.task = Task::Multilabel;
        if (what == "no groups") data.facts.groupedBy.clear();
        for (std::size_t i = 0; i < data.groups.size() && what.endsWith("groups"); ++i)
            data.groups[i] = static_cast<std::int64_t>(i) % (what == "two groups" ? 2 : 3);
        if (what == "no time") data.times[7] = std::numeric_limits<double>::quiet_NaN();
        const auto split = makeSplit(data, {0.1, 1, static_cast<SplitKind>(kind), folds, fold});
        QVERIFY(!split);
        const Diagnostic& why = split.error();
        QCOMPARE(QString::fromStdString(why.code), code);
        QCOMPARE(QString::fromStdString(why.param), field);
        QVERIFY2(!why.what.empty() && !why.mend.empty(), oneLine(why).c_str());
    }
    /// What stands between the data and the split hands on groups and times.
    void fittedDataKeepGroupsAndTimes() {
        auto data = std::make_shared<Described>(5, 40);
        data->facts.input = {1, 2, 2};
        const auto fit = fitted(data, {1, 4, 4}, Fit::Resize);
        QVERIFY(fit != std::static_pointer_cast<const Dataset>(data));
        for (const SplitKind kind : {SplitKind::Grouped, SplitKind::Time})
            QCOMPARE(makeSplit(*fit, {0.1, 1, kind})->train, makeSplit(*data, {0.1, 1, kind})->train);
    }
};

ADD_TEST_CLASS(SplitKindsTest)
#include "split_kinds_test.moc"
