#include "session/run_evaluator.h"

#include "await.h"
#include "fake_dataset.h"
#include "fake_text.h"
#include "full_disk.h"
#include "open_notebook.h"
#include "session/run_queue.h"
#include "session/stored_run.h"
#include "storage/notebook/run_writer.h"
#include "stored_weights.h"

#include <QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <cmath>
#include <numeric>

using namespace burdock;
using namespace burdock::testing;

class TestRunEvaluator : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::shared_ptr<storage::Notebook> notebook_;
    DatasetCatalog catalog_;
    storage::RunId run_, writer_;

  private slots:
    void initTestCase() {
        fillWithFakes(catalog_);
        addFakeText(catalog_);
        notebook_ = openNotebook(folder_.filePath("n.burdock"));
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRequest r;
        r.graph = fakePerceptron();
        r.dataset = QStringLiteral("fake");
        r.config.epochs = 6;
        r.config.learningRate = 0.05;
        r.config.threads = 1;
        const TrainingRun& first = queue.enqueue(r);
        QVERIFY(finished.wait(test::patience));
        run_ = first.runId();
        r.graph = fakeWriter();
        r.dataset = QStringLiteral("letters");
        r.config.epochs = 20;
        r.config.learningRate = 0.02;
        const TrainingRun& second = queue.enqueue(r);
        QVERIFY(finished.wait(test::patience));
        writer_ = second.runId();
    }

    void textComesInPiecesAndCanBeStopped() {
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy written(&evaluator, &RunEvaluator::written);
        QSignalSpy generated(&evaluator, &RunEvaluator::generated);
        const auto text = [&] {
            QByteArray all;
            for (const auto& piece : written)
                all += piece[1].toByteArray();
            return all;
        };
        evaluator.generate(writer_, "abc", {.tokens = 7, .temperature = 0});
        QVERIFY(evaluator.isGenerating());
        QVERIFY(generated.wait(test::patience));
        QVERIFY(!evaluator.isGenerating());
        QCOMPARE(text(), QByteArray("\xc3\xa9"
                                    "abc\xc3\xa9"));

        written.clear();
        evaluator.generate(writer_, "abc", {.tokens = 1'000'000, .temperature = 0});
        QVERIFY(written.wait(test::patience)); // before the end, which is far
        QVERIFY(evaluator.isGenerating());
        evaluator.stopGenerating();
        QVERIFY(generated.wait(test::patience));
        QCOMPARE(generated.size(), 2);
        QVERIFY(text().size() < 1'000'000);

        // Without a prompt it begins as it can: these letters have no line break.
        written.clear();
        evaluator.generate(writer_, "", {.tokens = 3, .temperature = 0});
        QVERIFY(generated.wait(test::patience));
        QCOMPARE(text().size(), 3);

        QSignalSpy refused(&evaluator, &RunEvaluator::notGenerated);
        evaluator.generate(writer_, "xyz", {});
        QVERIFY(refused.wait(test::patience));
        QCOMPARE(refused[0][1].value<Diagnostic>().code, std::string("generate.prompt"));
    }

    /// A run that has gone on since it was asked answers with its newer weights.
    void newerWeightsAreSeen() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRequest r;
        r.graph = fakePerceptron();
        r.dataset = QStringLiteral("large");
        r.config.epochs = 100'000;
        r.config.learningRate = 0.001;
        r.config.threads = 1;
        TrainingRun& run = queue.enqueue(r);
        AWAIT_VERIFY(run.runId() && run.progress().step > 20);
        const storage::RunId id = run.runId();
        run.stop(); // once it has finished, the queue deletes it
        QVERIFY(finished.wait(test::patience));
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy predicted(&evaluator, &RunEvaluator::predicted);
        const auto answer = [&] {
            evaluator.predict(id, Part::Test, 0, storage::CheckpointKind::Last);
            if (!predicted.wait(test::patience)) return std::vector<float>();
            return predicted.takeFirst()[0].value<Prediction>().output;
        };
        const std::vector<float> before = answer();
        QVERIFY(!before.empty());
        QCOMPARE(answer(), before);
        auto again = resumeRequest(*notebook_, id);
        QVERIFY(again);
        TrainingRun& on = queue.enqueue(std::move(*again));
        const std::int64_t stopped = notebook_->run(id)->steps;
        AWAIT_VERIFY(on.progress().step > stopped + 20);
        on.stop();
        QVERIFY(finished.wait(test::patience));
        const std::vector<float> after = answer();
        QVERIFY(!after.empty());
        QVERIFY(after != before);
    }

    void evaluatingAReadOnlyNotebookTellsTheResult() {
        const auto readOnly = storage::Notebook::open(notebook_->path(), storage::Access::ReadOnly);
        QVERIFY(readOnly);
        RunEvaluator evaluator(*readOnly, catalog_);
        QSignalSpy evaluated(&evaluator, &RunEvaluator::evaluated);
        evaluator.evaluate(run_);
        QVERIFY(evaluated.wait(test::patience));
    }

    /// A full disk costs the result no more than its place in the notebook.
    void whatCannotBeKeptIsToldAllTheSame() {
        QVERIFY(notebook_->setTestResult(
            run_, {{QStringLiteral("test.loss"), 99}, {QStringLiteral("test.accuracy"), 0}})); // another one
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy evaluated(&evaluator, &RunEvaluator::evaluated);
        QSignalSpy failed(&evaluator, &RunEvaluator::failed);
        {
            const FullDisk disk(0);
            evaluator.evaluate(run_);
            QVERIFY(evaluated.wait(test::patience));
        }
        QVERIFY(failed.isEmpty());
        QCOMPARE(evaluated[0][1].value<Evaluation>().samples, 60);
        QVERIFY(evaluated[0][2].value<std::optional<Diagnostic>>());
        evaluator.evaluate(run_);
        QVERIFY(evaluated.wait(test::patience));
        QVERIFY(!evaluated[1][2].value<std::optional<Diagnostic>>());
    }

    void aNewEvaluationDoesNotReviveACancelledOne() {
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy evaluated(&evaluator, &RunEvaluator::evaluated);
        QSignalSpy cancelled(&evaluator, &RunEvaluator::cancelled);
        evaluator.evaluate(run_);
        evaluator.cancel();
        evaluator.evaluate(run_);
        QVERIFY(evaluated.wait(test::patience));
        QCOMPARE(cancelled.size(), 1);
        QCOMPARE(evaluated.size(), 1);
        QVERIFY(!evaluator.isEvaluating());
    }

    void evaluationAgreesWithTheTrainerAndIsKept() {
        const auto before = notebook_->run(run_);
        QVERIFY(notebook_->setTestResult(
            run_, {{QStringLiteral("test.loss"), 99}, {QStringLiteral("test.accuracy"), 0}}));
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy evaluated(&evaluator, &RunEvaluator::evaluated);
        QSignalSpy progressed(&evaluator, &RunEvaluator::progressed);
        evaluator.evaluate(run_);
        QVERIFY(evaluator.isEvaluating());
        QVERIFY(evaluated.wait(test::patience));
        QVERIFY(!evaluator.isEvaluating());
        const auto result = evaluated[0][1].value<Evaluation>();
        QCOMPARE(result.samples, 60);
        QVERIFY(progressed.size() > 0);
        const auto after = notebook_->run(run_);
        QCOMPARE(*after->tested(u"test.accuracy"), *before->tested(u"test.accuracy"));
        QVERIFY(std::abs(*after->tested(u"test.loss") - *before->tested(u"test.loss")) < 1e-5);
        QCOMPARE(valueOf(result.values("test"), "test.accuracy"), *after->tested(u"test.accuracy"));
    }

    void resultOfTheLastWeightsIsNotKept() {
        const auto before = notebook_->run(run_);
        QVERIFY(notebook_->setTestResult(
            run_, {{QStringLiteral("test.loss"), 99}, {QStringLiteral("test.accuracy"), 0}}));
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy evaluated(&evaluator, &RunEvaluator::evaluated);
        evaluator.evaluate(run_, storage::CheckpointKind::Last);
        QVERIFY(evaluated.wait(test::patience));
        QCOMPARE(evaluated[0][1].value<Evaluation>().samples, 60);
        QCOMPARE(*notebook_->run(run_)->tested(u"test.loss"), 99.0);
        QVERIFY(notebook_->setTestResult(run_, before->test));
    }

    void otherDataAreRefused() {
        storage::RunStart start = notebook_->run(run_)->start;
        start.datasetSha256 = QStringLiteral("ffff");
        auto writer = notebook_->startRun(start);
        QVERIFY(writer);
        const auto weights = test::readWeights(*notebook_, run_, storage::CheckpointKind::Best);
        QVERIFY(weights);
        (*writer)->checkpoint(toStore(
            {CheckpointRecord::Kind::Best, 1, 1, std::make_shared<const WeightSet>(*weights), nullptr}));
        QVERIFY((*writer)->finish(storage::RunState::Finished, 1));
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy failed(&evaluator, &RunEvaluator::failed);
        evaluator.evaluate((*writer)->id());
        QVERIFY(failed.wait(test::patience));
        QCOMPARE(failed[0][1].value<Diagnostic>().code, std::string("data.changed"));
        // The files may be the same, and what an older program made of them another.
        DatasetInfo info;
        info.sha256 = "eeee";
        info.input = {3, 100, 200};
        const Status same = checkSameData(start, info);
        QVERIFY(!same);
        QVERIFY2(same.error().why.find("a sample is 100×200×3 now, and its network takes ") !=
                     std::string::npos,
                 same.error().why.c_str());
        QVERIFY(same.error().mend.find("with options that read them as then") != std::string::npos);
    }

    void probabilitiesOfOneSample() {
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy predicted(&evaluator, &RunEvaluator::predicted);
        evaluator.predict(run_, Part::Test, 4);
        QVERIFY(predicted.wait(test::patience));
        const auto p = predicted[0][0].value<Prediction>();
        QCOMPARE(p.index, 4);
        QCOMPARE(p.target[0], 1.F); // 4 mod 3
        QCOMPARE(p.input.size(), std::size_t(36));
        QCOMPARE(p.output.size(), std::size_t(3));
        QVERIFY(std::abs(std::accumulate(p.output.begin(), p.output.end(), 0.F) - 1) < 1e-4F);
        QVERIFY(p.output[1] > p.output[0] && p.output[1] > p.output[2]);
    }

    void onlyTheLastPredictionAskedForIsTold() {
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy predicted(&evaluator, &RunEvaluator::predicted);
        for (int i = 0; i < 40; ++i)
            evaluator.predict(run_, Part::Test, i);
        QVERIFY(predicted.wait(test::patience));
        QTest::qWait(50);
        QCOMPARE(predicted.size(), 1);
        QCOMPARE(predicted[0][0].value<Prediction>().index, 39);
    }

    void refusals() {
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy failed(&evaluator, &RunEvaluator::failed);
        evaluator.evaluate({4711});
        QVERIFY(failed.wait(test::patience));
        evaluator.predict(run_, Part::Test, 60);
        QVERIFY(failed.wait(test::patience));
        QCOMPARE(failed[1][1].value<Diagnostic>().code, std::string("sample.range"));
        QVERIFY(!evaluator.isEvaluating());
    }

    void epochsWithoutWeightsAreTold() {
        auto writer = notebook_->startRun(notebook_->run(run_)->start);
        QVERIFY(writer);
        (*writer)->epoch({1, 20, {}, 100, 1});
        QVERIFY(notebook_->flush());
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy failed(&evaluator, &RunEvaluator::failed);
        const auto refusal = [&] {
            evaluator.evaluate((*writer)->id());
            return failed.wait(test::patience) ? oneLine(failed.takeFirst()[1].value<Diagnostic>())
                                               : std::string();
        };
        const std::string going = refusal();
        QVERIFY2(going.find("no weights yet") != std::string::npos, going.c_str());
        QVERIFY((*writer)->finish(storage::RunState::Interrupted, 1));
        const std::string ended = refusal();
        QVERIFY2(ended.find("with 0 steps and 1 epoch kept: what it had told beyond") != std::string::npos,
                 ended.c_str());
    }

    void dataSetForPictures() {
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy opened(&evaluator, &RunEvaluator::opened);
        evaluator.open(run_);
        QVERIFY(opened.wait(test::patience));
        QCOMPARE(opened[0][1].value<std::shared_ptr<const Dataset>>()->info().title,
                 std::string("Three stripes"));
        const auto split = opened[0][2].value<Split>();
        QCOMPARE(split.testPart, Part::Test);
        QCOMPARE(split.test.size(), 60U);
        const auto config = storedConfig(notebook_->run(run_)->start);
        QVERIFY(config);
        const Split made =
            makeSplit(FakeDataset(), config->validationFraction, static_cast<std::uint64_t>(config->seed));
        QCOMPARE(split.validation, made.validation);
        QCOMPARE(split.train, made.train);
    }

    void cancelIsTold() {
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy cancelled(&evaluator, &RunEvaluator::cancelled);
        QSignalSpy evaluated(&evaluator, &RunEvaluator::evaluated);
        evaluator.evaluate(run_);
        evaluator.cancel();
        QVERIFY(cancelled.wait(test::patience));
        QCOMPARE(evaluated.size(), 0);
        QVERIFY(!evaluator.isEvaluating());
    }
};

QTEST_GUILESS_MAIN(TestRunEvaluator)
#include "run_evaluator_test.moc"
