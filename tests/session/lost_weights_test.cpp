#include "queue_fixture.h"

#include "session/run_evaluator.h"
#include "several.h"
#include "storage/database/database.h"
#include "storage/database/table.h"
#include "storage/notebook/schema.h"

using namespace burdock;
using namespace burdock::testing;

/// Another program has deleted or changed weights: others are not taken for them.
class TestLostWeights : public QObject, private QueueFixture {
    Q_OBJECT

  private slots:
    void initTestCase() { addData(); }
    void init() { makeNotebook(); }
    void cleanup() { notebook_.reset(); }

    void onlyTheBestWeightsAreTestedAsTheBest() {
        const storage::RunId run = trained(3);
        const auto tested = notebook_->run(run)->test;
        QVERIFY(!tested.isEmpty());
        dropWeights(QStringLiteral("kind = 'best'"));
        QVERIFY(notebook_->run(run)->damaged && notebook_->runs()->first().damaged);
        const std::string told = refusalOf(run, storage::CheckpointKind::Best);
        QVERIFY2(told.find("best epoch") != std::string::npos, told.c_str());
        QVERIFY(refusalOf(run, storage::CheckpointKind::Last).empty());
        QCOMPARE(storage::toJson(notebook_->run(run)->test), storage::toJson(tested));
        const Diagnostic refused = refusalOf([&] {
            TrainingRequest on = request();
            on.initialRun = run;
            return on;
        }());
        QCOMPARE(refused.code, std::string("run.weights"));
        QCOMPARE(notebook_->runs()->size(), 1);
    }

    /// What is offered to begin with is what would be read.
    void onlyWeightsThatAreThereAreOffered() {
        const storage::RunId run = trained(3);
        const auto offered = [&] {
            auto summary = notebook_->run(run);
            const auto weights = bestWeights(*summary, *notebook_->checkpoints(run));
            summary->bestEpoch.reset(); // as of a run that was stopped before its first validation
            const auto without = bestWeights(*summary, *notebook_->checkpoints(run));
            const auto kind = [](const auto& found) {
                return found ? storage::checkpointKindKey(found->kind) : QString();
            };
            return QStringList{kind(weights), kind(without)};
        };
        QCOMPARE(offered(), QStringList({"best", "best"}));
        dropWeights(QStringLiteral("kind = 'best'"));
        QCOMPARE(offered(), QStringList({"", "last"}));
        QVERIFY(!refusalOf(run, storage::CheckpointKind::Best).empty());
        dropWeights(QStringLiteral("1"));
        QCOMPARE(offered(), QStringList({"", ""}));
    }

    /// Those of the best epoch before, whose successors were not written, are no result of the best epoch.
    void weightsOfAnotherEpochAreNotTheBest() {
        const storage::RunId run = trained(3);
        const auto tested = notebook_->run(run)->test;
        reseal(storage::checkpointTable(), QStringLiteral("kind = 'best'"),
               {{QStringLiteral("epoch"), *notebook_->run(run)->bestEpoch + 1}});
        reseal(storage::runTable(), QStringLiteral("id = %1").arg(run.value),
               {{QStringLiteral("test"), QStringLiteral("{}")}});
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy evaluated(&evaluator, &RunEvaluator::evaluated);
        evaluator.evaluate(run, storage::CheckpointKind::Best);
        AWAIT_COMPARE(evaluated.size(), 1);
        const auto unkept = evaluated[0][2].value<std::optional<Diagnostic>>();
        QVERIFY(unkept && unkept->what.find("not of the run's best one") != std::string::npos);
        QVERIFY(!tested.isEmpty() && notebook_->run(run)->test.isEmpty());
    }

    void theLastWeightsAreNoOthers() {
        const storage::RunId run = trained(3);
        dropWeights(QStringLiteral("kind = 'last'"));
        const std::string told = refusalOf(run, storage::CheckpointKind::Last);
        QVERIFY2(told.find("last weights are not in the notebook") != std::string::npos, told.c_str());
        // The run itself does not go on with others.
        QVERIFY2(told.find("a new run can begin") != std::string::npos, told.c_str());
    }

    /// What was not written and what was deleted are two things.
    void deletedWeightsAreToldAsDeleted() {
        const storage::RunId run = trained(3);
        dropWeights(QStringLiteral("1"));
        QVERIFY(notebook_->run(run)->damaged);
        const std::string told = refusalOf(run, storage::CheckpointKind::Best);
        QVERIFY2(told.find("were deleted") != std::string::npos, told.c_str());
    }

    /// It is found out before the training goes on, not when it is through.
    void aRunGoesOnWithItsBestWeightsOrNotAtAll_data() {
        QTest::addColumn<bool>("damaged");
        QTest::newRow("deleted") << false;
        QTest::newRow("damaged") << true;
    }
    void aRunGoesOnWithItsBestWeightsOrNotAtAll() {
        QFETCH(bool, damaged);
        const storage::RunId run = stopped();
        QVERIFY(resumeRequest(*notebook_, run));
        markInterrupted(run); // of which weights may be missing without anybody's doing
        if (damaged)
            change({QStringLiteral("UPDATE tensor_chunk SET data = zeroblob(length(data)) WHERE tensor IN "
                                   "(SELECT tensor.id FROM tensor JOIN run_checkpoint AS c ON "
                                   "c.id = checkpoint WHERE c.kind = 'best')")});
        else
            dropWeights(QStringLiteral("kind = 'best'"));
        auto on = resumeRequest(*notebook_, run);
        QVERIFY(on);
        const Diagnostic refused = refusalOf(*on);
        QVERIFY(!refused.what.empty());
        if (!damaged) QCOMPARE(refused.code, std::string("run.weights"));
        QCOMPARE(notebook_->run(run)->state, storage::RunState::Interrupted);
    }

    /// Killed between the best weights of an epoch and the last ones: those of the best epoch before are
    /// gone, and no later one's may stand for them.
    void aRunGoesOnWithoutTheBestOfAnEpochThatItLost() {
        const storage::RunId run = stopped();
        markInterrupted(run);
        reseal(storage::checkpointTable(), QStringLiteral("kind = 'best'"),
               {{QStringLiteral("step"), notebook_->run(run)->steps + 1000},
                {QStringLiteral("epoch"), notebook_->run(run)->epochs + 1}});
        for (const char* code : {"train.best", ""}) {
            auto on = resumeRequest(*notebook_, run);
            QVERIFY(on);
            std::string told;
            const Diagnostic refused = refusalOf(*on, &told);
            QVERIFY2(refused.what.empty(), oneLine(refused).c_str());
            QCOMPARE(told, std::string(code));
            QVERIFY(!notebook_->run(run)->damaged);
        }
    }

    /// They may be gigabytes, and the user waits.
    void lookingThroughWeightsCanBeStopped() {
        const storage::RunId run = trained(1);
        change({QStringLiteral("UPDATE tensor_chunk SET data = zeroblob(length(data))")});
        const auto weights = StoredWeights::open(*notebook_, run, storage::CheckpointKind::Last);
        QVERIFY(weights && !(*weights)->check());
        int asked = 0;
        QVERIFY((*weights)->check([&asked] { return ++asked > 0; }));
        QCOMPARE(asked, 1);
    }

    /// It is not called finished.
    void whatIsLostOfARunThatGoesOnIsTold() {
        const storage::RunId run = stopped();
        auto on = resumeRequest(*notebook_, run);
        QVERIFY(on);
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRun& again = queue.enqueue(*on);
        QObject::connect(&again, &TrainingRun::started, &again, [&] {
            change({QStringLiteral("DELETE FROM run_epoch WHERE epoch = 1")});
            again.stop();
        });
        AWAIT_COMPARE(finished.size(), 1);
        const auto told = notebook_->run(run);
        QCOMPARE(told->state, storage::RunState::Failed);
        QVERIFY2(told->problem.contains(QStringLiteral("1 of")), qPrintable(told->problem));
        QVERIFY(QDir(folder_->path()).entryList({QStringLiteral("*rest*")}).isEmpty());
    }

    /// Nobody has to wait for weights that were there.
    void bestWeightsThatAreDeletedMeanwhileAreToldAsDeleted() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRequest wanted = request("fake", 40);
        wanted.config.learningRate = 1e-12; // no epoch is better than the first
        TrainingRun& run = queue.enqueue(wanted);
        AWAIT_VERIFY(run.progress().epoch > 1);
        run.pause(); // however slow this program is: it must not be tested yet
        AWAIT_VERIFY(notebook_->openCheckpoint(run.runId(), storage::CheckpointKind::Best).has_value());
        dropWeights(QStringLiteral("kind = 'best'"));
        run.resume();
        std::string told;
        QObject::connect(&run, &TrainingRun::finished, &run, [&](storage::RunId, const FinishRecord& record) {
            if (record.problem) told = oneLine(*record.problem);
        });
        AWAIT_COMPARE(finished.size(), 1);
        QVERIFY2(told.find("has deleted them") != std::string::npos &&
                     told.find("Wait until they") == std::string::npos,
                 told.c_str());
    }

    /// Before its data are loaded.
    void aChangedRunIsNotTakenUpAgain() {
        const storage::RunId run = stopped();
        for (const char* statement : {"UPDATE run_chunk SET data = zeroblob(length(data))",
                                      "UPDATE run_epoch SET seal = seal + 1 WHERE epoch = 1"}) {
            change({QString::fromLatin1(statement)});
            const auto refused = resumeRequest(*notebook_, run);
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, std::string("train.missing"));
            QVERIFY(!refused.error().mend.empty());
        }
    }

  private:
    storage::RunId trained(std::int64_t epochs) {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        const TrainingRun& run = queue.enqueue(request("fake", epochs));
        if (!finished.wait(test::patience)) qFatal("it does not end");
        return run.runId();
    }
    storage::RunId stopped() {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        TrainingRun& begun = queue.enqueue(request("fake", 100'000));
        if (!QTest::qWaitFor([&] { return begun.progress().epoch > 2; }, test::patience)) qFatal("no step");
        begun.stop();
        if (!QTest::qWaitFor([&] { return finished.size() == 1; }, test::patience)) qFatal("no end");
        return begun.runId();
    }
    void reseal(const storage::Table& table, const QString& which, const storage::Fields& fields) {
        auto database = storage::Database::open(notebook_->path(), storage::Database::Mode::Write);
        if (!database) qFatal("%s", qPrintable(database.error().oneLine()));
        const auto key = database->value(QStringLiteral("SELECT id FROM %1 WHERE %2").arg(table.name, which));
        if (auto done = storage::updateRow(*database, table, key->toLongLong(), fields); !done)
            qFatal("%s", qPrintable(done.error().oneLine()));
    }
    void markInterrupted(storage::RunId run) {
        reseal(storage::runTable(), QStringLiteral("id = %1").arg(run.value),
               {{QStringLiteral("state"), storage::runStateKey(storage::RunState::Interrupted)}});
    }
    /// As another program does.
    void change(const QStringList& statements) {
        auto database = storage::Database::open(notebook_->path(), storage::Database::Mode::Write);
        if (!database) qFatal("%s", qPrintable(database.error().oneLine()));
        for (const QString& sql : statements)
            if (auto done = database->run(sql); !done) qFatal("%s", qPrintable(done.error().oneLine()));
    }
    void dropWeights(const QString& which) {
        const QString checkpoints = QStringLiteral("(SELECT id FROM run_checkpoint WHERE %1)").arg(which);
        change({QStringLiteral("DELETE FROM tensor_chunk WHERE tensor IN "
                               "(SELECT id FROM tensor WHERE checkpoint IN %1)")
                    .arg(checkpoints),
                QStringLiteral("DELETE FROM tensor WHERE checkpoint IN %1").arg(checkpoints),
                QStringLiteral("DELETE FROM run_checkpoint WHERE %1").arg(which)});
    }
    /// Of an evaluation; empty if it is through.
    std::string refusalOf(storage::RunId run, storage::CheckpointKind weights) {
        RunEvaluator evaluator(notebook_, catalog_);
        QSignalSpy evaluated(&evaluator, &RunEvaluator::evaluated);
        QSignalSpy failed(&evaluator, &RunEvaluator::failed);
        evaluator.evaluate(run, weights);
        if (!QTest::qWaitFor([&] { return !evaluated.isEmpty() || !failed.isEmpty(); }, test::patience))
            qFatal("it does not end");
        return failed.isEmpty() ? std::string() : oneLine(failed[0][1].value<Diagnostic>());
    }
    /// Of a training; none if it is through.
    Diagnostic refusalOf(const TrainingRequest& wanted, std::string* advice = nullptr) {
        RunQueue queue(notebook_, catalog_);
        QSignalSpy finished(&queue, &RunQueue::finished);
        QSignalSpy refused(&queue, &RunQueue::refused);
        TrainingRun& run = queue.enqueue(wanted);
        QObject::connect(&run, &TrainingRun::advised, &run, [advice](const Diagnostic& told) {
            if (advice) *advice = told.code;
        });
        // One that begins goes on for long.
        QObject::connect(&run, &TrainingRun::started, &run, [&run] { run.stop(); });
        if (!QTest::qWaitFor([&] { return !finished.isEmpty() || !refused.isEmpty(); }, test::patience))
            qFatal("it does not end");
        return refused.isEmpty() ? Diagnostic() : refused[0][0].value<Diagnostic>();
    }
};

ADD_TEST_CLASS(TestLostWeights)
#include "lost_weights_test.moc"
