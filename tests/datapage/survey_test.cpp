#include "datapage/column_use.h"
#include "datapage/findings.h"
#include "datapage/listed_dataset.h"
#include "datapage/seen_samples.h"
#include "datapage/surveyor.h"
#include "engine/train/advice.h"
#include "engine/train/data_loader.h"
#include "support/await.h"
#include "support/fake_dataset.h"
#include "support/fake_text.h"

#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <limits>
#include <numeric>

using namespace burdock;
using namespace burdock::testing;

namespace {

constexpr float absent = std::numeric_limits<float>::quiet_NaN();

bool near(double a, double b) {
    return std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)});
}

} // namespace

class TestSurvey : public QObject {
    Q_OBJECT
  private slots:
    /// Against numpy.mean, std, percentile and histogram.
    void columnsAreMeasured() {
        DatasetInfo info = tableInfo({"x", "flag", "same"});
        info.targets = 2;
        info.classNames = {"a", "b"};
        const ListedDataset data(info,
                                 {{{1, 0, 7}, 0}, {{2.5F, 1, 7}, 0}, {{absent, 1, 7}, 0}, {{4, 0, 7}, 1}},
                                 {{{10, 1, 7}, 1}});
        const DataSurvey survey = surveyOf(data);
        QCOMPARE(survey.inputs.size(), size_t(3));
        const ColumnSurvey& x = survey.inputs[0];
        QCOMPARE(x.count, 4);
        QCOMPARE(x.missing, 1);
        QVERIFY(near(x.mean, 4.375));
        QVERIFY(near(x.deviation, std::sqrt(11.671875))); // of 1, 2.5, 4, 10
        QVERIFY(near(x.minimum, 1) && near(x.maximum, 10));
        QVERIFY(near(x.quartiles[0], 2.125) && near(x.quartiles[1], 3.25) && near(x.quartiles[2], 5.5));
        QVERIFY(!x.whole);
        QCOMPARE(std::accumulate(x.histogram.begin(), x.histogram.end(), std::int64_t(0)), 4);
        QCOMPARE(x.histogram.front(), 1);
        QCOMPARE(x.histogram.back(), 1);
        QCOMPARE(typeOf(x), std::string("number"));
        QCOMPARE(typeOf(survey.inputs[1]), std::string("0 or 1"));
        QCOMPARE(survey.inputs[1].histogram, (std::vector<std::int64_t>{2, 3}));
        QCOMPARE(typeOf(survey.inputs[2]), std::string("constant"));
        QVERIFY(!survey.sampled);
    }

    void classesAreCountedInBothParts() {
        DatasetInfo info = tableInfo({"x"});
        info.targets = 3;
        info.classNames = {"a", "b", "c"};
        const ListedDataset data(info, {{{1}, 0}, {{2}, 2}, {{3}, 2}}, {{{4}, 0}, {{5}, 1}});
        const DataSurvey survey = surveyOf(data);
        QCOMPARE(survey.classes.size(), size_t(3));
        QCOMPARE(survey.classes[0].train, 1);
        QCOMPARE(survey.classes[0].test, 1);
        QCOMPARE(survey.classes[1].train, 0);
        QCOMPARE(survey.classes[2].train, 2);
        QCOMPARE(survey.classes[2].first, (std::vector<std::int64_t>{1, 2}));
    }

    /// Of a mask a label is counted once a picture, however many of its pixels have it.
    void labelsOfPixelsAreCountedByPicture() {
        DatasetInfo info = tableInfo({});
        info.task = Task::Multilabel;
        info.input = {1, 1, 2};
        info.mask = burdock::Shape{2, 1, 2};
        info.targets = 4;
        info.classNames = {"cell", "edge"};
        const ListedDataset data(info,
                                 {{{1, 2}, 1, {1, 0, 0}}, {{3, 4}, 0, {1, 1, 1}}, {{5, 6}, 0, {0, 0, 0}}},
                                 {{{7, 8}, 1, {1, 1, 0}}});
        const DataSurvey survey = surveyOf(data);
        QCOMPARE(survey.classes.size(), size_t(2));
        QCOMPARE(survey.classes[0].train, 2);
        QCOMPARE(survey.classes[0].test, 1);
        QCOMPARE(survey.classes[1].train, 1);
        QCOMPARE(survey.classes[0].first, (std::vector<std::int64_t>{0, 1}));
    }

    /// Who has not the only label does not count as one that has.
    void oneLabelIsCountedWhereItIs() {
        DatasetInfo info = tableInfo({"x"});
        info.task = Task::Multilabel;
        info.targets = 1;
        info.classNames = {"rain"};
        const DataSurvey survey = surveyOf(ListedDataset(info, {{{1}, 0}, {{2}, 1}, {{3}, 0}}, {{{4}, 1}}));
        QCOMPARE(survey.classes.size(), size_t(1));
        QCOMPARE(survey.classes[0].train, 1);
        QCOMPARE(survey.classes[0].first, (std::vector<std::int64_t>{1}));
    }

    void duplicatesAreCounted() {
        DatasetInfo info = tableInfo({"x", "y"});
        info.targets = 2;
        info.classNames = {"a", "b"};
        const ListedDataset data(info, {{{1, 2}, 0}, {{1, 2}, 1}, {{-0.0F, 3}, 0}, {{absent, 3}, 1}},
                                 {{{0, 3}, 0}, {{2, 1}, 1}, {{1, 2}, 1}});
        const DataSurvey survey = surveyOf(data);
        QCOMPARE(survey.repeated, 1);
        QCOMPARE(survey.shared, 2);
        QCOMPARE(survey.sharedSamples.size(), size_t(2));
        QCOMPARE(survey.sharedSamples[0].test, 0);
        QCOMPARE(survey.sharedSamples[0].train, 2);
    }

    /// Data without a test part are split as a run splits them.
    void theTestPartIsTheOneOfARun() {
        DatasetInfo info = tableInfo({"x"});
        info.targets = 2;
        info.classNames = {"a", "b"};
        info.testShare = 0.2;
        std::vector<ListedDataset::Row> rows;
        for (int i = 0; i < 50; ++i)
            rows.push_back({{5}, static_cast<float>(i % 2)});
        const DataSurvey survey = surveyOf(ListedDataset(info, rows, {}));
        QCOMPARE(survey.testSize, 10);
        QCOMPARE(survey.trainSize, 40);
        QCOMPARE(survey.shared, 10);
        QCOMPARE(survey.repeated, 39);
    }

    void picturesAreMeasuredByChannelAndTextsByToken() {
        const DataSurvey pictures = surveyOf(FakeDataset());
        QCOMPARE(pictures.inputs.size(), size_t(1));
        QCOMPARE(pictures.inputs[0].name, std::string("brightness"));
        QCOMPARE(pictures.inputs[0].count, 300 * 36);
        const DataSurvey text = surveyOf(FakeText());
        QVERIFY(text.inputs.empty());
        QCOMPARE(text.classes.size(), size_t(5));
        std::int64_t tokens = 0;
        for (const ClassSurvey& token : text.classes)
            tokens += token.train;
        QCOMPARE(tokens, 200 * 8);
    }

    void findingsNameColumnsClassesAndDuplicates() {
        DatasetInfo info = tableInfo({"x", "same", "kind = b"});
        info.targets = 3;
        info.classNames = {"a", "b", "c"};
        std::vector<ListedDataset::Row> rows;
        for (int i = 0; i < 10; ++i)
            rows.push_back({{static_cast<float>(i), 1, i < 8 ? absent : 1}, i == 0 ? 1.F : 0.F});
        ListedDataset data(info, rows, {{{0, 1, absent}, 0}});
        data.fields = {{"x", {}, 0, 0, false, "", {0}},
                       {"same", {}, 0, 0, false, "", {1}},
                       {"kind", {"b"}, 0, 0, false, "", {2}}};
        DatasetRef reference;
        ParamSpec ignore;
        ignore.key = "ignore";
        ignore.type = ParamType::Text;
        reference.params = {ignore};
        reference.options["ignore"] = std::string("id");
        const auto found = findingsIn(data.info(), surveyOf(data), ColumnUse(reference, &data));
        QStringList all;
        const Finding* constant = nullptr;
        for (const Finding& finding : found) {
            all << finding.text;
            if (finding.text.contains(QStringLiteral("same"))) constant = &finding;
        }
        const QString text = all.join(u'\n');
        QVERIFY2(text.contains(QStringLiteral("A class has no sample to train on: “c”")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("“a” has 9 of 10 samples, “b” has 1.")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("1 test sample (100.0 %) is also trained on")),
                 qPrintable(text));
        QVERIFY(constant);
        QCOMPARE(std::get<std::string>(constant->options.at("ignore")), std::string("id+same+kind"));
    }

    /// Of masks it is not told how many pixels have a label, but that none has one is.
    void labelsThatNoMaskHasAreTold() {
        DatasetInfo info;
        info.task = Task::Multilabel;
        info.classNames = {"cat", "dog", "bird"};
        info.mask = Shape{3, 4, 4};
        info.targets = 48;
        DataSurvey survey;
        survey.trainSize = 20;
        survey.testSize = 5;
        survey.classes = {{"cat", 300, 50, {0}}, {"dog", 0, 3, {}}, {"bird", 2, 1, {4}}};
        const auto found = findingsIn(info, survey, {});
        QCOMPARE(found.size(), size_t(1));
        QVERIFY2(found[0].text.contains(QStringLiteral("no sample to train on: “dog”")),
                 qPrintable(found[0].text));
        survey.classes[1].train = 1;
        QVERIFY(findingsIn(info, survey, {}).empty());
        survey.classes = {{"cat", 0, 0, {}}};
        info.classNames = {"cat"};
        QVERIFY(!findingsIn(info, survey, {}).empty());
    }

    /// What the page finds of the balance is what training on the data advises of.
    void theBalanceIsToldAsTrainingTellsIt() {
        std::vector<ListedDataset::Row> rows;
        for (int i = 0; i < 20; ++i)
            rows.push_back({{static_cast<float>(i)}, i < 2 ? 1.F : 0.F});
        for (const Task task : {Task::Multiclass, Task::Binary}) {
            DatasetInfo info = tableInfo({"x"});
            info.task = task;
            info.targets = task == Task::Binary ? 1 : 2;
            info.classNames = {"no", "yes"};
            const ListedDataset data(info, rows, {{{0.5F}, 0}, {{1.5F}, 1}});
            Split all;
            for (std::int64_t i = 0; i < data.info().trainSize; ++i)
                all.train.push_back(i);
            const ClassBalance balance = balanceOf(data, all.train);
            const auto advice = adviseOn(data, all, balance, {});
            QCOMPARE(advice.size(), size_t(1));
            const QString told = QString::fromStdString(advice[0].what + " " + advice[0].why);
            bool found = false;
            for (const Finding& finding : findingsIn(data.info(), surveyOf(data), {}))
                found = found || finding.text == told;
            QVERIFY2(found, qPrintable(told));
        }
    }

    void soundDataHaveNoFindings() {
        const FakeTable table;
        for (const Finding& finding : findingsIn(table.info(), surveyOf(table), {}))
            QVERIFY2(finding.text.contains(QStringLiteral("repeat")) ||
                         finding.text.contains(QStringLiteral("also trained on")),
                     qPrintable(finding.text)); // it is periodic
    }

    void columnsAreChosenByOptions() {
        DatasetRef reference;
        for (const char* key : {"target", "ignore"}) {
            ParamSpec spec;
            spec.key = key;
            spec.type = ParamType::Text;
            reference.params.push_back(spec);
        }
        reference.options["ignore"] = std::string("id+price");
        const ColumnUse use(reference);
        QVERIFY(use.canPredict() && use.canIgnore());
        QCOMPARE(use.ignored(), (std::vector<std::string>{"id", "price"}));
        const ParamValues predicted = use.predicting({"price"});
        QCOMPARE(std::get<std::string>(predicted.at("target")), std::string("price"));
        QCOMPARE(std::get<std::string>(predicted.at("ignore")), std::string("id"));
        QCOMPARE(std::get<std::string>(use.ignoring({"area"}).at("ignore")), std::string("id+price+area"));
        QCOMPARE(std::get<std::string>(use.taking({"id"}).at("ignore")), std::string("price"));
        QVERIFY(!ColumnUse().canPredict());
        reference.options["target"] = std::string("area");
        const ColumnUse two(reference);
        QCOMPARE(std::get<std::string>(two.predictingToo({"price", "area"}).at("target")),
                 std::string("area+price"));
        QCOMPARE(std::get<std::string>(two.predictingToo({"price"}).at("ignore")), std::string("id"));
    }
    /// A plus parts names, unless a backslash stands before it.
    void aPlusInANameIsPartOfIt() {
        DatasetRef reference;
        for (const char* key : {"target", "ignore"}) {
            ParamSpec spec;
            spec.key = key;
            spec.type = ParamType::Text;
            reference.params.push_back(spec);
        }
        reference.options["ignore"] = std::string("a\\+b+id");
        const ColumnUse use(reference);
        QCOMPARE(use.ignored(), (std::vector<std::string>{"a+b", "id"}));
        QCOMPARE(std::get<std::string>(use.ignoring({"c+d"}).at("ignore")), std::string("a\\+b+id+c\\+d"));
        QCOMPARE(std::get<std::string>(use.predicting({"a+b"}).at("target")), std::string("a\\+b"));
        QCOMPARE(std::get<std::string>(use.predicting({"a+b"}).at("ignore")), std::string("id"));
    }
    /// What a feature is called does not tell its column: a date has several, and a name may have " = " in
    /// it.
    void aFeaturesColumnIsThatOfItsField() {
        DatasetInfo info = tableInfo({"when (years)", "when (weekday, sine)", "x = y", "kind = b"});
        ListedDataset data(info, {{{0, 1, 2, 3}, 0}}, {});
        data.fields = {{"when", {}, 0, 0, false, "", {0, 1}},
                       {"x = y", {}, 0, 0, false, "", {2}},
                       {"kind", {"b"}, 0, 0, false, "", {3}}};
        const ColumnUse use(std::nullopt, &data);
        QCOMPARE(use.columnOf(0, info.featureNames[0]), std::string("when"));
        QCOMPARE(use.columnOf(1, info.featureNames[1]), std::string("when"));
        QCOMPARE(use.columnOf(2, info.featureNames[2]), std::string("x = y"));
        QCOMPARE(use.columnOf(3, info.featureNames[3]), std::string("kind"));
    }

    /// The preview is what a DataLoader hands out.
    void whatIsSeenIsWhatIsTrainedOn() {
        const auto data = std::make_shared<const FakeDataset>();
        TrainConfig config;
        config.seed = 7;
        config.normalise = Normalise::Features;
        config.augmentation = {{"shift", {}}};
        KeptScaling kept;
        const auto seen = seenBy(data, Shape{1, 6, 6}, config, 3, 4, 2, kept);
        QVERIFY(seen);
        QVERIFY(seen->fits && seen->normalised);
        QCOMPARE(seen->samples.size(), size_t(4));
        const Split split = makeSplit(*data, config.validationFraction, 7);
        const Scaling scaling = Scaling::measure(*data, split.train, config.normalise);
        for (const SeenSample& sample : seen->samples) {
            QCOMPARE(sample.fitted.size(), size_t(2));
            DataLoader loader(data, Part::Train, {sample.index}, scaling, 1, false, 7,
                              Augmentation(config.augmentation));
            loader.start(1);
            const MiniBatch* batch = loader.next();
            QVERIFY(batch);
            QVERIFY(std::equal(sample.given.begin(), sample.given.end(), batch->inputs.data()));
        }
        config.augmentation = {{"no such transform", {}}};
        QVERIFY(!seenBy(data, {}, config, 3, 4, 2, kept));
    }

    /// Of two data sets in a row the second one counts, and none is read to its end in vain.
    void aSurveyIsDroppedWhenTheDataChange() {
        Surveyor surveyor;
        const auto slow = std::make_shared<const LongDataset>();
        QSignalSpy changed(&surveyor, &Surveyor::changed);
        surveyor.setData(slow);
        AWAIT_VERIFY(slow->reads > 0);
        surveyor.setData(std::make_shared<const FakeTable>());
        QVERIFY(!surveyor.survey());
        AWAIT_VERIFY(surveyor.survey() != nullptr);
        QCOMPARE(surveyor.survey()->inputs.size(), size_t(4));
        QVERIFY(slow->reads < slow->info().trainSize);
    }
};

QTEST_GUILESS_MAIN(TestSurvey)
#include "survey_test.moc"
