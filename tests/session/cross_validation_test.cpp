#include "session/cross_validation.h"

#include "queue_fixture.h"
#include "session/stored_run.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace burdock;
using namespace burdock::testing;

/// Runs under one heading, and what is told of them.
class CrossValidationTest : public QObject, private QueueFixture {
    Q_OBJECT

    static TrainingRequest folded(std::int64_t folds, const char* data = "counted") {
        TrainingRequest r = request(data, 2);
        r.config.folds = folds;
        return r;
    }
    int trainAll(RunQueue& queue, const TrainingRequest& request) {
        QSignalSpy finished(&queue, &RunQueue::finished);
        const std::vector<TrainingRequest> folds = foldRequests(request);
        for (const TrainingRequest& fold : folds)
            queue.enqueue(fold);
        (void)QTest::qWaitFor([&] { return finished.size() == std::ssize(folds); }, test::patience);
        return static_cast<int>(finished.size());
    }

    /// Of two of the classes 80 and 20 samples; without a fold that is less than four times, or more.
    struct Rare final : FakeDataset {
        Rare()
            : FakeDataset(100, 0) {}
        void readTarget(Part, std::int64_t index, float* values) const override {
            values[0] = index % 5 == 0 ? 1 : 0;
        }
    };

    /// The same samples, whatever part of them is the test.
    struct Shared final : FakeDataset {
        DatasetInfo facts = FakeDataset(90, 0).info();
        explicit Shared(double test)
            : FakeDataset(90, 0) {
            facts.testShare = test;
        }
        const DatasetInfo& info() const override { return facts; }
    };

    int opened_ = 0;

  private slots:
    void initTestCase() {
        addData();
        DatasetEntry entry;
        entry.id = entry.title = "counted";
        entry.available = true;
        entry.open = [this](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> {
            ++opened_;
            return std::make_shared<const FakeDataset>(90, 0);
        };
        QVERIFY(catalog_.add(std::move(entry)));
        DatasetEntry rare;
        rare.id = rare.title = "rare";
        rare.available = true;
        rare.open = [](const ParamValues&) -> Result<std::shared_ptr<const Dataset>> {
            return std::make_shared<const Rare>();
        };
        QVERIFY(catalog_.add(std::move(rare)));
        DatasetEntry shared;
        shared.id = shared.title = "shared";
        shared.available = true;
        shared.params = {{.key = "test_share",
                          .label = "Test share",
                          .type = ParamType::Real,
                          .defaultValue = 0.2,
                          .minimum = 0,
                          .maximum = 0.9}};
        shared.open = [](const ParamValues& options) -> Result<std::shared_ptr<const Dataset>> {
            return std::make_shared<const Shared>(
                options.contains("test_share") ? std::get<double>(options.at("test_share")) : 0.2);
        };
        QVERIFY(catalog_.add(std::move(shared)));
    }
    void init() { makeNotebook(); }
    void cleanup() { notebook_.reset(); }

    /// Tables of the t distribution, two-sided at 5 %.
    void quantilesAreThoseOfTheTables_data() {
        QTest::addColumn<int>("degrees");
        QTest::addColumn<double>("t");
        for (const auto& [degrees, t] : {std::pair(1, 12.7062),
                                         {2, 4.3027},
                                         {3, 3.1824},
                                         {4, 2.7764},
                                         {5, 2.5706},
                                         {9, 2.2622},
                                         {10, 2.2281},
                                         {30, 2.0423},
                                         {99, 1.9842}})
            QTest::addRow("%d", degrees) << degrees << t;
    }
    void quantilesAreThoseOfTheTables() {
        QFETCH(int, degrees);
        QFETCH(double, t);
        QVERIFY2(std::abs(studentT95(degrees) - t) < 6e-5, qPrintable(QString::number(studentT95(degrees))));
    }

    /// Nothing is told of what cannot be: two folds of accuracy 2.5 % and 29.5 %.
    void intervalsEndWhereTheMetricDoes() {
        FoldFigure figure{describeSeries("test.accuracy"), 2, 0.16, 0.19, 1.72};
        QVERIFY(figure.isClipped());
        QCOMPARE(figure.low(), 0.0);
        QCOMPARE(figure.high(), 1.0);
        figure.margin = 0.125;
        QVERIFY(!figure.isClipped());
        QCOMPARE(figure.high(), 0.285);
        figure.margin = std::numeric_limits<double>::quiet_NaN(); // of one fold
        QVERIFY(!figure.isClipped() && std::isnan(figure.low()) && std::isnan(figure.high()));
        figure = {describeSeries("test.r2"), 2, 0.5, 1, 9};
        QCOMPARE(figure.low(), -8.5); // nothing ends it there
        QCOMPARE(figure.high(), 1.0);
    }

    void oneRequestIsARunForEachFold() {
        TrainingRequest r = folded(3);
        QCOMPARE(foldRequests(request()).size(), 1U);
        const auto all = foldRequests(r);
        QCOMPARE(all.size(), 3U);
        for (std::int64_t i = 0; i < 3; ++i)
            QCOMPARE(all[static_cast<std::size_t>(i)].config.fold, i + 1);
        QCOMPARE(requestName(all[1], QStringLiteral("Stripes")),
                 QStringLiteral("Perceptron · Stripes · fold 2 of 3"));
        r.runName = QStringLiteral("Mine");
        QCOMPARE(requestName(foldRequests(r)[2], QString()), QStringLiteral("Mine · fold 3 of 3"));
        r.config.fold = 2; // one that is missing
        QCOMPARE(foldRequests(r).size(), 1U);
        QCOMPARE(foldRequests(r)[0].runName, QStringLiteral("Mine · fold 2 of 3"));
        QCOMPARE(foldRequests(foldRequests(r)[0])[0].runName, QStringLiteral("Mine · fold 2 of 3"));
        // What waits when the window is closed is the same run afterwards.
        const auto again = requestFromText(requestToText(all[1]));
        QVERIFY(again);
        QCOMPARE(again->config.folds, 3);
        QCOMPARE(again->config.fold, 2);
    }

    /// The folds of a queue read their data once, and give the notebook one heading.
    void foldsStandUnderOneHeading() {
        RunQueue queue(notebook_, catalog_);
        opened_ = 0;
        QCOMPARE(trainAll(queue, request("counted", 2)), 1); // a run of its own
        QCOMPARE(opened_, 1);
        QCOMPARE(trainAll(queue, folded(4)), 4);
        QCOMPARE(opened_, 2);
        TrainingRequest other = folded(4);
        other.config.seed = 9;
        other.config.fold = 3;
        QCOMPARE(trainAll(queue, other), 1);
        const auto runs = notebook_->runs();
        QVERIFY(runs);
        const auto all = crossValidations(*runs);
        QCOMPARE(all.size(), 2U); // another seed is another one
        QCOMPARE(all[0].finished, 1);
        const CrossValidation& told = all[1];
        QCOMPARE(told.name, QStringLiteral("Perceptron · Three stripes"));
        QCOMPARE(told.folds, 4);
        QCOMPARE(told.finished, 4);
        QCOMPARE(told.runs.size(), 4U);
        QCOMPARE(foldText(notebook_->run(told.runs[1])->start), QStringLiteral("fold 2 of 4"));
        QVERIFY(!crossValidationOf(runs->back().id, *runs));
        QCOMPARE(crossValidationOf(told.runs[2], *runs)->runs, told.runs);

        for (const FoldFigure& figure : told.figures) {
            std::vector<double> values;
            for (const storage::RunId run : told.runs)
                values.push_back(
                    notebook_->run(run)->tested(QString::fromStdString(figure.series.name)).value());
            const double mean = std::accumulate(values.begin(), values.end(), 0.0) / 4;
            double squares = 0;
            for (const double value : values)
                squares += (value - mean) * (value - mean);
            const double deviation = std::sqrt(squares / 3);
            QCOMPARE(figure.folds, 4);
            QVERIFY(std::abs(figure.mean - mean) < 1e-12);
            QVERIFY(std::abs(figure.deviation - deviation) < 1e-6);
            QVERIFY(std::abs(figure.margin - 3.182446 * deviation / 2) < 1e-5);
        }
        QVERIFY(std::ranges::any_of(told.figures,
                                    [](const FoldFigure& f) { return f.series.name == "test.accuracy"; }));
    }

    /// By which metric the best epoch is chosen follows the balance of the classes, which is not each fold's.
    void unbalancedFoldsStandUnderOneHeading() {
        RunQueue queue(notebook_, catalog_);
        QCOMPARE(trainAll(queue, folded(3, "rare")), 3);
        const auto runs = notebook_->runs();
        QVERIFY(runs);
        QCOMPARE(crossValidations(*runs).size(), 1U);
        const CrossValidation heading = crossValidations(*runs)[0];
        QCOMPARE(heading.finished, 3);
        QVERIFY(heading.telling());
        QCOMPARE(heading.telling()->series.name, "test.balanced_accuracy");
        for (const storage::RunSummary& run : *runs)
            QCOMPARE(meaningOfAuto(run, "best_metric"), "balanced_accuracy");
        // The window's lines are about the runs of the queue.
        for (const TrainingRun* run : queue.runs())
            QCOMPARE(run->tested().name, "test.balanced_accuracy");
        // Nor is what a machine made of the precision.
        QVector<storage::RunSummary> others = *runs;
        others[0].start.configJson.replace("\"balanced_accuracy\"", "\"accuracy\"");
        others[1].start.configJson.replace("\"single\"", "\"mixed\"");
        QCOMPARE(crossValidations(others).size(), 1U);
    }

    /// What was stopped does not count; a fold that is trained anew takes the place of its older run; what is
    /// in the bin is not there.
    void anUnfinishedFoldCanBeMadeUpFor() {
        RunQueue queue(notebook_, catalog_);
        TrainingRequest first = folded(3), second = folded(3), third = folded(3);
        first.config.fold = 1;
        second.config.fold = 2;
        QCOMPARE(trainAll(queue, first), 1);
        QCOMPARE(trainAll(queue, second), 1);
        const auto heading = [this] { return crossValidations(*notebook_->runs()).at(0); };
        QCOMPARE(heading().finished, 2);
        QCOMPARE(heading().figures.front().folds, 2);
        QCOMPARE(trainAll(queue, second), 1);
        QCOMPARE(heading().finished, 2);
        QCOMPARE(heading().members.size(), 3U);
        const storage::RunId newest = heading().runs[1];
        QVERIFY(newest == notebook_->runs()->front().id);
        QVERIFY(notebook_->setDeleted(newest, true));
        QCOMPARE(heading().members.size(), 2U);
        third.config.fold = 3;
        QCOMPARE(trainAll(queue, third), 1);
        QCOMPARE(heading().finished, 3);
    }

    /// Its test is evaluated again on its own fold.
    void aFoldIsEvaluatedOnItself() {
        RunQueue queue(notebook_, catalog_);
        TrainingRequest r = folded(3);
        r.config.fold = 3;
        QCOMPARE(trainAll(queue, r), 1);
        const storage::RunSummary run = notebook_->runs()->front();
        const auto network = loadRun(*notebook_, catalog_, run.id, {});
        QVERIFY(network);
        const Evaluation again = network->predictor->evaluateTest([](double) { return true; });
        QCOMPARE(again.samples, 30);
        QVERIFY(std::abs(again.loss - run.tested(u"test.loss").value()) < 1e-6);
    }
    /// Weights that have learnt from what is tested now are told of.
    void weightsThatKnowTheTest() {
        RunQueue queue(notebook_, catalog_);
        TrainingRequest r = folded(3);
        r.config.fold = 3;
        QCOMPARE(trainAll(queue, r), 1);
        r.initialRun = notebook_->runs()->front().id;
        for (const std::int64_t fold : {3, 1}) {
            r.config.fold = fold;
            TrainingRun& run = queue.enqueue(r);
            QSignalSpy advised(&run, &TrainingRun::advised), finished(&run, &TrainingRun::finished);
            AWAIT_VERIFY(!finished.isEmpty());
            QCOMPARE(std::ranges::count_if(advised,
                                           [](const QList<QVariant>& told) {
                                               return told[0].value<Diagnostic>().code == "train.seen-test";
                                           }),
                     fold == 3 ? 0 : 1);
        }
    }
    /// Another share of the same data is another test; a default that is written out is none.
    void weightsThatKnowTheTestOfAnotherShare() {
        RunQueue queue(notebook_, catalog_);
        TrainingRequest r = request("shared", 2);
        QCOMPARE(trainAll(queue, r), 1);
        r.initialRun = notebook_->runs()->front().id;
        for (const char* data : {"shared", "shared:test_share=0.2", "shared:test_share=0.4"}) {
            r.dataset = QString::fromLatin1(data);
            TrainingRun& run = queue.enqueue(r);
            QSignalSpy advised(&run, &TrainingRun::advised), finished(&run, &TrainingRun::finished);
            AWAIT_VERIFY(!finished.isEmpty());
            QCOMPARE(std::ranges::count_if(advised,
                                           [](const QList<QVariant>& told) {
                                               return told[0].value<Diagnostic>().code == "train.seen-test";
                                           }),
                     QLatin1String(data).endsWith(QLatin1String("0.4")) ? 1 : 0);
        }
    }
    /// All folds are a request of several runs, which is none to the trainer.
    void aRunOfAllFoldsIsRefused() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy refused(&queue, &RunQueue::refused);
        queue.enqueue(folded(3));
        AWAIT_VERIFY(!refused.isEmpty());
        QCOMPARE(refused[0][0].value<Diagnostic>().code, "split.fold");
    }
};

QTEST_GUILESS_MAIN(CrossValidationTest)
#include "cross_validation_test.moc"
