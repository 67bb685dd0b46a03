#include "one_run.h"

#include "storage/database/database.h"
#include "storage/notebook/rest.h"
#include "storage/notebook/schema.h"
#include "support/await.h"

#include <QProcess>

#include <utime.h>

using namespace burdock::storage;

/// What becomes of a rest when its notebook is opened again.
class RestTest : public OneRunTest {
    Q_OBJECT

  private slots:
    void oldWeightsWithoutRoomTakeNothingWithThem();
    void aRunWhoseRowWasDeletedIsJoinedAgain();
    void aRunOfWhichNothingIsLeftMissesItsFirstEpochs();
    void cleanup() { writer_.reset(); }
    void aNewRunTakesNoNumberOfOneThatIsGone();
    void whatIsDeletedWhileARunGoesOnComesBack_data();
    void whatIsDeletedWhileARunGoesOnComesBack();
    void whatIsDeletedOfBeforeStaysMissing();
    void aRestIsTakenInOnce();
    void damagedRestIsTold();
    void whatIsDamagedInARestIsTold();
    void damageThatTheNotebookHasNotIsMended();
    void aNotebookThatHasGoneOnIsLeftAlone();
    void checkpointsAreTakenOnce();
    void anUnfinishedRestIsNone();
    void replacedWeightsLeaveTheirRoom();
    void whatIsRemovedComesBackWithItsRest();
};

/// Rows without a run, as others may have left them, are not those of the next one.
void RestTest::aNewRunTakesNoNumberOfOneThatIsGone() {
    beginRun(*open());
    writer_.reset();
    changeByHand(path(), {QStringLiteral("UPDATE run_chunk SET run = 2")});
    auto notebook = open();
    beginRun(*notebook);
    QCOMPARE(writer_->id().value, 3);
    goOn(101, 200);
    writer_->epoch(epochRow(2, 200, 0.5, 0.8, 0.7, 0.8, 1000.0, 5.0));
    writer_->checkpoint(packed(CheckpointKind::Last, 2, 200, "last"));
    REQUIRE_OK(writer_->finish(RunState::Finished, 6, tested(0.25, 0.75)));
    isWhole(*notebook, {3}, 200);
}

void RestTest::whatIsDeletedWhileARunGoesOnComesBack_data() {
    QTest::addColumn<QStringList>("statements");
    QTest::addColumn<bool>("away"); // by which the writer is stopped before it looks the run over
    const QString epochs = QStringLiteral("DELETE FROM run_epoch"),
                  curves = QStringLiteral("DELETE FROM run_chunk");
    QTest::newRow("epochs") << QStringList{epochs} << true;
    QTest::newRow("curves") << QStringList{curves} << false;
    QTest::newRow("a series") << QStringList{curves + QStringLiteral(" WHERE series = 'train.loss'")}
                              << false;
    QTest::newRow("both") << QStringList{epochs, curves} << true;
    QTest::newRow("settings") << QStringList{QStringLiteral("DELETE FROM run_setup")} << true;
}

/// The program that trains knows what it has told.
void RestTest::whatIsDeletedWhileARunGoesOnComesBack() {
    QFETCH(QStringList, statements);
    QFETCH(bool, away);
    const QString elsewhere = path(QStringLiteral("elsewhere.burdock"));
    auto notebook = open();
    beginRun(*notebook);
    changeByHand(path(), statements);
    QVERIFY(!away || QFile::rename(path(), elsewhere));
    goOn(101, 200);
    endsAsRest();
    notebook.reset();
    QVERIFY(!away || QFile::rename(elsewhere, path()));
    auto again = open();
    QCOMPARE(again->takenIn().size(), 1);
    const auto runs = again->runs();
    REQUIRE_OK(runs);
    isWhole(*again, runs->first().id, 200);
}

/// What was there when a run went on, it does not know.
void RestTest::whatIsDeletedOfBeforeStaysMissing() {
    auto notebook = open();
    beginRun(*notebook);
    goOn(101, 200);
    writer_->epoch(epochRow(2, 200, 0.5, 0.8, 0.7, 0.8, 1000.0, 5.0));
    REQUIRE_OK(writer_->finish(RunState::Stopped, 6));
    auto writer = notebook->continueRun({1}, 2, 200);
    REQUIRE_OK(writer);
    writer_ = std::move(*writer);
    goOn(201, 300);
    writer_->epoch(epochRow(3, 300, 0.5, 0.8, 0.7, 0.8, 1000.0, 7.0));
    REQUIRE_OK(notebook->flush());
    changeByHand(path(), {QStringLiteral("DELETE FROM run_epoch WHERE epoch = 1")});
    const QString elsewhere = path(QStringLiteral("elsewhere.burdock"));
    QVERIFY(QFile::rename(path(), elsewhere));
    goOn(301, 400);
    writer_->epoch(epochRow(4, 400, 0.5, 0.8, 0.7, 0.8, 1000.0, 8.0));
    QVERIFY(!writer_->finish(RunState::Finished, 9));
    REQUIRE_OK(writer_->keepRest());
    writer_.reset();
    notebook.reset();
    QVERIFY(QFile::rename(elsewhere, path()));
    notebook = open();
    QCOMPARE(notebook->takenIn().size(), 1);
    const auto run = notebook->run({1});
    REQUIRE_OK(run);
    QCOMPARE(run->epochs, 4);
    QCOMPARE(run->missing.epochs, 1);
    QVERIFY(!run->missing.curves);
    QCOMPARE(valuesOf(*notebook->steps({1}), trainLoss).size(), 400);
}

/// A program that is killed between taking in and removing the rest leaves one run, not two.
void RestTest::aRestIsTakenInOnce() {
    auto notebook = open();
    beginRun(*notebook);
    QVERIFY(QFile::remove(path()));
    goOn(101, 200);
    const QString rest = endsAsRest(), copy = rest + QStringLiteral("-2.burdock");
    QVERIFY(QFile::copy(rest, copy));
    notebook.reset();
    auto again = open();
    QCOMPARE(again->takenIn().size(), 2);
    QCOMPARE(again->runs()->size(), 1);
    isWhole(*again, {1}, 200);
}

/// It goes into no run that nobody sees any more.
void RestTest::whatIsRemovedComesBackWithItsRest() {
    const QString rest = leaveARest(), away = path(QStringLiteral("away"));
    QVERIFY(QFile::rename(rest, away));
    // As a later program finds it: this one lives.
    changeByHand(path(), {QStringLiteral("UPDATE run SET state = 'interrupted', deleted = 1")});
    {
        auto notebook = open();
        REQUIRE_OK(notebook->removeRuns({{1}}));
        QVERIFY(notebook->runs(/*withDeleted=*/true)->isEmpty());
    }
    QVERIFY(QFile::rename(away, rest));
    auto notebook = open();
    QCOMPARE(notebook->takenIn().size(), 1);
    const auto runs = notebook->runs();
    REQUIRE_OK(runs);
    QCOMPARE(runs->size(), 1);
    const auto steps = notebook->steps(runs->first().id);
    REQUIRE_OK(steps);
    QCOMPARE(valuesOf(*steps, trainLoss).size(), 200);
}

void RestTest::damagedRestIsTold() {
    open();
    const QString rest = path() + QStringLiteral(".rest-1-run1.burdock");
    QVERIFY(setContents(rest, "no notebook"));
    auto notebook = open();
    QVERIFY(notebook->takenIn().isEmpty());
    QCOMPARE(notebook->notTakenIn().size(), 1);
    QVERIFY(QFile::exists(rest));
    QCOMPARE(notebook->runs()->size(), 0);
    notebook.reset();
    const auto readOnly = Notebook::open(path(), Access::ReadOnly);
    REQUIRE_OK(readOnly);
    QCOMPARE((*readOnly)->notTakenIn().size(), 1);
}

void RestTest::whatIsDamagedInARestIsTold() {
    const QString rest = leaveARest();
    changeByHand(rest, {QStringLiteral("UPDATE run_epoch SET metrics = '{}' WHERE epoch = 2"),
                        QStringLiteral("UPDATE run_chunk SET begins = 2 WHERE first_step > 100 AND "
                                       "series = 'train.loss'"),
                        QStringLiteral("UPDATE tensor_chunk SET data = 'keep'")});
    auto notebook = open();
    QCOMPARE(notebook->takenIn().size(), 1);
    QCOMPARE(notebook->notTakenIn().size(), 1);
    const QString told = notebook->notTakenIn().first();
    QVERIFY2(told.contains(QStringLiteral("1 epoch, 1 piece of a curve, 2 checkpoints")), qPrintable(told));
    // The file stays, and is not taken in again.
    QVERIFY(!QFile::exists(rest) && QFile::exists(rest + QStringLiteral(".damaged")));
    QVERIFY(restsOf(path()).isEmpty());
    const auto epochs = notebook->epochs({1});
    REQUIRE_OK(epochs);
    QCOMPARE(epochs->size(), 2);
    QVERIFY(!epochs->at(0).damaged && epochs->at(1).damaged);
    const auto curves = notebook->steps({1});
    REQUIRE_OK(curves);
    QCOMPARE(curves->damagedChunks, 1);
    QCOMPARE(valuesOf(*curves, trainLoss).size(), 100);
    QCOMPARE(valuesOf(*curves, trainAccuracy).size(), 200);
    // The notebook's own weights are not given up for damaged ones.
    const auto best = bytesOf(*notebook, {1}, CheckpointKind::Best);
    REQUIRE_OK(best);
    QCOMPARE(*best, QByteArray("best"));
    QVERIFY(!notebook->openCheckpoint({1}, CheckpointKind::Last));
}

void RestTest::damageThatTheNotebookHasNotIsMended() {
    const QString rest = leaveARest();
    changeByHand(rest, {QStringLiteral("UPDATE run_epoch SET metrics = '{}' WHERE epoch = 1"),
                        QStringLiteral("UPDATE run_chunk SET data = x'00' WHERE first_step <= 100")});
    auto notebook = open();
    QCOMPARE(notebook->takenIn().size(), 1);
    QVERIFY(notebook->notTakenIn().isEmpty());
    isWhole(*notebook, {1}, 200);
}

/// The run is resumed before the rest is taken in, by a window that had the notebook open.
void RestTest::aNotebookThatHasGoneOnIsLeftAlone() {
    for (const bool further : {true, false}) {
        QDir(folder()).removeRecursively();
        QVERIFY(QDir().mkpath(folder()));
        const QString rest = leaveARest(), aside = path(QStringLiteral("aside"));
        QVERIFY(QFile::rename(rest, aside));
        qint64 last = further ? 300 : 150;
        {
            auto notebook = open();
            {
                // As another program finds it, once this one is gone.
                auto database = Database::open(path(), Database::Mode::Write);
                REQUIRE_OK(database);
                REQUIRE_OK(updateRow(*database, runTable(), 1,
                                     {{QStringLiteral("state"), runStateKey(RunState::Interrupted)}}));
            }
            auto writer = notebook->continueRun({1}, 1, 100);
            REQUIRE_OK(writer);
            writer_ = std::move(*writer);
            goOn(101, last);
            writer_->epoch(epochRow(2, last, 0.25, 0.9, 0.7, 0.8, 1000.0, 5.0));
            writer_->checkpoint(packed(CheckpointKind::Last, 2, last, "new!"));
            REQUIRE_OK(notebook->flush());
            QVERIFY(QFile::rename(aside, rest));
            {
                // While it is going on: no row is taken from under its writer.
                auto other = std::make_unique<QProcess>();
                other->start(QStringLiteral(RUN_HELPER), {path(), QStringLiteral("5")});
                QVERIFY(other->waitForFinished(burdock::test::patience));
                QCOMPARE(other->exitCode(), 0);
            }
            REQUIRE_OK(writer_->finish(RunState::Stopped, 9));
            writer_.reset();
        }
        auto notebook = open();
        QVERIFY(notebook->notTakenIn().isEmpty() && restsOf(path()).isEmpty());
        const auto run = notebook->run({1});
        REQUIRE_OK(run);
        QCOMPARE(run->steps, last);
        QCOMPARE(runStateKey(run->state), QStringLiteral("stopped"));
        const auto curves = notebook->steps({1});
        REQUIRE_OK(curves);
        QCOMPARE(curves->damagedChunks, 0);
        QCOMPARE(valuesOf(*curves, trainLoss).size(), last);
        QCOMPARE(notebook->epochs({1})->last().step, last);
        QCOMPARE(*bytesOf(*notebook, {1}, CheckpointKind::Last), QByteArray("new!"));
        isWhole(*notebook, {2}, 200);
        QCOMPARE(notebook->run({2})->start.name, QStringLiteral("first (rest)"));
        QCOMPARE(notebook->runs()->size(), 3);
    }
}

void RestTest::checkpointsAreTakenOnce() {
    const QString rest = leaveARest(), copy = rest + QStringLiteral("-2.burdock");
    QVERIFY(QFile::copy(rest, copy));
    auto notebook = open();
    QCOMPARE(notebook->takenIn().size(), 2);
    QCOMPARE(notebook->checkpoints({1})->size(), 3);
}

/// Weights that are replaced every epoch leave room for those that come, not a file of empty pages.
void RestTest::replacedWeightsLeaveTheirRoom() {
    constexpr qint64 arrays = 60, arrayBytes = 5'000, bytes = arrays * arrayBytes;
    {
        auto notebook = open();
        auto writer = notebook->startRun(sampleStart());
        REQUIRE_OK(writer);
        for (qint64 epoch = 1; epoch <= 300; ++epoch) {
            writeStep(**writer, epoch, lossOf(epoch), 0.5f);
            (*writer)->epoch(epochRow(epoch, epoch, 1, 1, 1, 1, 1, 1));
            for (const CheckpointKind kind : {CheckpointKind::Best, CheckpointKind::Last}) {
                QVERIFY((*writer)->awaitCheckpoints());
                // Of many small arrays, as with an optimizer's state.
                auto data = std::make_shared<CheckpointData>(
                    *packed(kind, epoch, epoch, QByteArray(arrayBytes, 'w')));
                data->tensors = QVector<CheckpointData::Tensor>(arrays, data->tensors.first());
                (*writer)->checkpoint(data);
            }
        }
        REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    }
    const qint64 size = QFileInfo(path()).size();
    QVERIFY2(size < 6 * bytes, qPrintable(QString::number(size)));
}

void RestTest::anUnfinishedRestIsNone() {
    const QString whole = leaveARest();
    // A process number beyond the greatest.
    const QStringList left{path() + QStringLiteral(".new-99999999"),
                           path() + QStringLiteral(".rest-2-run1.burdock.new-99999999"),
                           path() + QStringLiteral(".rest-2-run1.burdock.new-99999999-wal"),
                           path() + QStringLiteral(".rest-2-run1.burdock.new-99999999.new-99999999-journal")};
    const QString ours = path() + QStringLiteral(".new-%1").arg(QCoreApplication::applicationPid());
    const QString young = path() + QStringLiteral(".new-99999998");
    for (const QString& name : left + QStringList{ours, young}) {
        QVERIFY(setContents(name, "half"));
        const utimbuf longAgo{1'000'000'000, 1'000'000'000};
        if (name != young) QCOMPARE(::utime(QFile::encodeName(name).constData(), &longAgo), 0);
    }
    QCOMPARE(restsOf(path()), QStringList{whole});
    auto notebook = open();
    QCOMPARE(notebook->takenIn().size(), 1);
    QVERIFY2(notebook->notTakenIn().isEmpty(), qPrintable(notebook->notTakenIn().join(QLatin1Char(' '))));
    for (const QString& name : left)
        QVERIFY2(!QFile::exists(name), qPrintable(name));
    QVERIFY(QFile::exists(ours) && QFile::exists(young));
}

/// The notebook is spoilt, and the weights that it has do not fit beside what waits.
void RestTest::oldWeightsWithoutRoomTakeNothingWithThem() {
    QString rest;
    {
        auto notebook = open();
        beginRun(*notebook);
        writer_->checkpoint(packed(CheckpointKind::Best, 1, 100, manyWeights()));
        REQUIRE_OK(notebook->flush());
        changeByHand(path(), {QStringLiteral("DELETE FROM run_epoch")});
        goOn(101, 200);
        const FullDisk disk(manyWeights().size() / 2);
        rest = endsAsRest();
    }
    QVERIFY(QFileInfo(rest).size() < manyWeights().size());
    auto notebook = open();
    QCOMPARE(notebook->runs()->size(), 1);
    isKeptFromMemory(*notebook, notebook->runs()->first().id);
}

/// What is orphaned of it is its own.
void RestTest::aRunWhoseRowWasDeletedIsJoinedAgain() {
    RunId id;
    {
        auto notebook = open();
        beginRun(*notebook);
        id = writer_->id();
        EpochRow best = epochRow(1, 100, 0.9, 0.6, 0.8, 0.7, 1000.0, 2.5);
        best.best = true; // the rest does not know it, but was tested with its weights
        writer_->epoch(best);
        writer_->checkpoint(packed(CheckpointKind::Last, 1, 100, "half"));
        REQUIRE_OK(writer_->finish(RunState::Stopped, 3));
        writer_.reset();
        auto again = notebook->continueRun(id, 1, 100);
        REQUIRE_OK(again);
        writer_ = std::move(*again);
        changeByHand(path(), {QStringLiteral("DELETE FROM run")});
        goOn(101, 200);
        endsAsRest();
    }
    auto notebook = open();
    QCOMPARE(notebook->runs()->size(), 1);
    isWhole(*notebook, id, 200);
    QCOMPARE(summaryOf(*notebook->run(id), trainLoss).greatest, 0.9); // of the first half
    QVERIFY(!notebook->damage());
}

/// Where it cannot be joined again, what it had before is not forgotten.
void RestTest::aRunOfWhichNothingIsLeftMissesItsFirstEpochs() {
    {
        auto notebook = open();
        beginRun(*notebook);
        REQUIRE_OK(writer_->finish(RunState::Stopped, 3));
        const RunId id = writer_->id();
        writer_.reset();
        auto again = notebook->continueRun(id, 1, 100);
        REQUIRE_OK(again);
        writer_ = std::move(*again);
        changeByHand(path(), {QStringLiteral("DELETE FROM run"), QStringLiteral("DELETE FROM run_setup"),
                              QStringLiteral("DELETE FROM run_epoch")});
        goOn(101, 200);
        endsAsRest();
    }
    auto notebook = open();
    QCOMPARE(notebook->runs()->size(), 1);
    QVERIFY(notebook->runs()->first().damaged);
    QCOMPARE(notebook->runs()->first().missing.epochs, 1);
}

QTEST_GUILESS_MAIN(RestTest)
#include "rest_test.moc"
