#include "one_run.h"

#include "storage/database/database.h"
#include "storage/database/file_opener.h"
#include "storage/notebook/run_writer.h"
#include "storage/notebook/schema.h"
#include "support/await.h"

using namespace burdock::storage;
using Kind = StorageError::Kind;

/// What becomes of a run when others change its notebook under it: what stands in the log and in the file.
class LogTest : public OneRunTest {
    Q_OBJECT

  private slots:
    void cleanup() { writer_.reset(); }
    void logCutShort_data();
    void logCutShort();
    void aLogThatOthersMovedIsNotCut();
    void aLogThatIsCutAfterItWasMovedIsMissed();
    void whatOthersWriteBetweenIsOurs();
    void anotherStateThatComesThroughTheLog_data();
    void anotherStateThatComesThroughTheLog();
    void whoHasWrittenMayBeForgotten_data();
    void whoHasWrittenMayBeForgotten();
    void theFirstRunMayBeTakenOut();
    void aRestoredStateGetsNoLaterLog();
    void whatARunHasWrittenIsReadInALargeNotebook_data();
    void whatARunHasWrittenIsReadInALargeNotebook();
};

void LogTest::logCutShort_data() {
    QTest::addColumn<int>("parts");
    QTest::newRow("to nothing") << 0;
    QTest::newRow("by half") << 1;
    QTest::newRow("taken away") << -1;
}

void LogTest::logCutShort() {
    QFETCH(int, parts);
    auto notebook = open();
    beginRun(*notebook);
    // Nothing is being tidied up any more: what is cut in the middle of that leaves a hole, not an end.
    for (const char* value : {"a", "b"})
        REQUIRE_OK(notebook->setSetting(QStringLiteral("k"), QString::fromLatin1(value)));
    const QString log = path() + QStringLiteral("-wal");
    QVERIFY(parts < 0 ? QFile::remove(log) : QFile::resize(log, QFileInfo(log).size() * parts / 2));
    goOn(101, 200);
    AWAIT_VERIFY(writer_->error());
    QVERIFY2(writer_->error()->kind == Kind::Moved, qPrintable(writer_->error()->oneLine()));
    endsAsRest();
    notebook.reset();
    auto again = open();
    QVERIFY(!again->damage());
    QCOMPARE(again->takenIn().size(), 1);
    QCOMPARE(again->runs()->size(), 1);
    isKeptFromMemory(*again, {1});
}

/// Another program changes something, this one's next transaction nothing, and then the log is moved.
void LogTest::whatOthersWriteBetweenIsOurs() {
    auto notebook = open();
    beginRun(*notebook);
    {
        auto writer = Database::open(path(), Database::Mode::Write);
        REQUIRE_OK(writer);
        REQUIRE_OK(writer->run(QStringLiteral("BEGIN IMMEDIATE")));
        FileHistory others = FileHistory::of(*writer);
        REQUIRE_OK(others.count(*writer, FileHistory::newWriter()));
        REQUIRE_OK(writer->run(QStringLiteral("COMMIT")));
        REQUIRE_OK(notebook->flush());
        REQUIRE_OK(writer->run(QStringLiteral("PRAGMA wal_checkpoint(PASSIVE)")));
    }
    goOn(101, 200);
    writer_->epoch(epochRow(2, 200, 0.5, 0.8, 0.7, 0.8, 1000.0, 5.0));
    writer_->checkpoint(packed(CheckpointKind::Last, 2, 200, "last"));
    REQUIRE_OK(writer_->finish(RunState::Finished, 6, tested(0.25, 0.75)));
    isWhole(*notebook, {1}, 200);
    QCOMPARE(filesIn(folder()).filter(QStringLiteral("left")).size(), 0);
}

void LogTest::anotherStateThatComesThroughTheLog_data() {
    QTest::addColumn<bool>("newer");
    QTest::newRow("restored by SQLite's backup") << false;
    QTest::newRow("brought to a later format") << true;
}

/// It is left as it came, and the run is kept.
void LogTest::anotherStateThatComesThroughTheLog() {
    QFETCH(bool, newer);
    const int later = notebookFormat().newestVersion() + 1;
    {
        auto notebook = open();
        beginRun(*notebook);
        auto other = Database::open(path(), Database::Mode::Write);
        REQUIRE_OK(other);
        REQUIRE_OK(other->run(QStringLiteral("BEGIN IMMEDIATE")));
        if (newer) {
            REQUIRE_OK(other->run(QStringLiteral("PRAGMA user_version = %1").arg(later)));
        } else { // which others have written, and not we
            REQUIRE_OK(other->run(QStringLiteral("DELETE FROM writer")));
            FileHistory others;
            REQUIRE_OK(others.count(*other, FileHistory::newWriter()));
        }
        REQUIRE_OK(other->run(QStringLiteral("COMMIT")));
        goOn(101, 200);
        AWAIT_VERIFY(writer_->error());
        QVERIFY2(writer_->error()->kind == Kind::Moved, qPrintable(writer_->error()->oneLine()));
        endsAsRest();
        const auto version = other->value(QStringLiteral("PRAGMA user_version"));
        REQUIRE_OK(version);
        QCOMPARE(version->toInt(), newer ? later : notebookFormat().newestVersion());
    }
    if (newer) return;
    auto again = open();
    QVERIFY(!again->damage());
    QCOMPARE(again->takenIn().size(), 1);
}

void LogTest::whoHasWrittenMayBeForgotten_data() {
    QTest::addColumn<bool>("begunAnew");
    QTest::addColumn<bool>("moved");
    QTest::newRow("deleted") << false << false;
    QTest::newRow("deleted, and the log moved") << false << true;
    QTest::newRow("and begun anew by a later program") << true << false;
    QTest::newRow("and begun anew by a later program, and the log moved") << true << true;
}

/// Another program has deleted that table alone: it is the same notebook still, and the run goes on.
void LogTest::whoHasWrittenMayBeForgotten() {
    QFETCH(bool, begunAnew);
    QFETCH(bool, moved);
    auto notebook = open();
    beginRun(*notebook);
    REQUIRE_OK(notebook->setSetting(QStringLiteral("k"), QStringLiteral("in the log")));
    changeByHand(path(), {QStringLiteral("DROP TABLE writer")});
    {
        auto other = Database::open(path(), Database::Mode::Write);
        REQUIRE_OK(other);
        if (begunAnew) {
            REQUIRE_OK(other->run(QStringLiteral("BEGIN IMMEDIATE")));
            REQUIRE_OK(makeHistory(*other, notebookFormat(), {}));
            REQUIRE_OK(other->run(QStringLiteral("COMMIT")));
        }
        if (moved) REQUIRE_OK(other->run(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)")));
    }
    goOn(101, 200);
    REQUIRE_OK(notebook->flush());
    QVERIFY(!writer_->error());
    const auto notices = writer_->takeNotices();
    QCOMPARE(notices.size(), 1);
    QVERIFY2(notices.first().what.contains(QStringLiteral("writer")), qPrintable(notices.first().oneLine()));
    writer_->epoch(epochRow(2, 200, 0.5, 0.8, 0.7, 0.8, 1000.0, 5.0));
    writer_->checkpoint(packed(CheckpointKind::Last, 2, 200, "last"));
    REQUIRE_OK(writer_->finish(RunState::Finished, 6, tested(0.25, 0.75)));
    QVERIFY(writer_->takeNotices().isEmpty());
    writer_.reset();
    notebook.reset();
    auto again = open();
    QVERIFY2(again->notTakenIn().isEmpty(), qPrintable(again->notTakenIn().join(QLatin1Char(' '))));
    QVERIFY(filesIn(folder()).filter(QStringLiteral("left")).isEmpty());
    isWhole(*again, {1}, 200);
}

/// As an SQLite program does when it is asked to, or for room: the file has all then that the log had.
void LogTest::aLogThatOthersMovedIsNotCut() {
    const QStringList moved{QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)")};
    auto notebook = open();
    beginRun(*notebook);
    for (qint64 i = 0; i < 4; ++i) {
        // It says whether somebody was in the way; the log's size may be the next change's already.
        auto other = Database::open(path(), Database::Mode::Write);
        REQUIRE_OK(other);
        const auto busy = other->value(moved.front());
        REQUIRE_OK(busy);
        QCOMPARE(busy->toInt(), 0);
        if (i == 2) // with a change of its own before and after
            changeByHand(path(), QStringList{QStringLiteral("UPDATE model SET name = 'x'")} + moved +
                                     QStringList{QStringLiteral("ANALYZE")});
        if (i == 3) // and what it leaves is moved by ourselves
            writer_->checkpoint(packed(CheckpointKind::Manual, 1, 100, manyWeights()));
        goOn(101 + 25 * i, 125 + 25 * i);
        REQUIRE_OK(notebook->flush());
    }
    changeByHand(path(), moved);
    writer_->epoch(epochRow(2, 200, 0.5, 0.8, 0.7, 0.8, 1000.0, 5.0));
    writer_->checkpoint(packed(CheckpointKind::Last, 2, 200, "last"));
    REQUIRE_OK(writer_->finish(RunState::Finished, 6, tested(0.25, 0.75)));
    writer_.reset();
    notebook.reset();
    auto again = open();
    QVERIFY(!again->damage() && again->takenIn().isEmpty() && again->notTakenIn().isEmpty());
    isWhole(*again, {1}, 200);
}

/// The same, but for what was committed since.
void LogTest::aLogThatIsCutAfterItWasMovedIsMissed() {
    auto notebook = open();
    beginRun(*notebook);
    changeByHand(path(), {QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)")});
    goOn(101, 150);
    for (const char* value : {"a", "b"}) {
        REQUIRE_OK(notebook->flush());
        REQUIRE_OK(notebook->setSetting(QStringLiteral("k"), QString::fromLatin1(value)));
    }
    QVERIFY(QFile::resize(path() + QStringLiteral("-wal"), 0));
    goOn(151, 200);
    AWAIT_VERIFY(writer_->error());
    QVERIFY2(writer_->error()->what.contains(QStringLiteral("cut the notebook's log")),
             qPrintable(writer_->error()->oneLine()));
    endsAsRest();
    notebook.reset();
    auto again = open();
    QVERIFY(!again->damage());
    QCOMPARE(again->takenIn().size(), 1);
    isKeptFromMemory(*again, {1});
}

/// What a notebook is known by is no run of it.
void LogTest::theFirstRunMayBeTakenOut() {
    beginRun(*open());
    writer_.reset();
    auto notebook = open();
    beginRun(*notebook);
    const RunId second = writer_->id();
    // Killed before the log is moved.
    const QString log = path() + QStringLiteral("-wal");
    const QString arrays = QStringLiteral("SELECT id FROM tensor WHERE checkpoint IN "
                                          "(SELECT id FROM run_checkpoint WHERE run = 1)");
    changeByHand(path(), {QStringLiteral("DELETE FROM tensor_chunk WHERE tensor IN (%1)").arg(arrays),
                          QStringLiteral("DELETE FROM tensor WHERE id IN (%1)").arg(arrays),
                          QStringLiteral("DELETE FROM run_checkpoint WHERE run = 1"),
                          QStringLiteral("DELETE FROM run_chunk WHERE run = 1"),
                          QStringLiteral("DELETE FROM run_epoch WHERE run = 1"),
                          QStringLiteral("DELETE FROM run_setup WHERE run = 1"),
                          QStringLiteral("DELETE FROM run WHERE id = 1")});
    const QByteArray logged = contents(log), file = contents(path());
    QVERIFY(logged.size() > 0);
    goOn(101, 200);
    writer_->checkpoint(packed(CheckpointKind::Manual, 1, 100, manyWeights()));
    REQUIRE_OK(notebook->flush());
    REQUIRE_OK(writer_->finish(RunState::Finished, 6));
    writer_.reset();
    notebook.reset();
    QVERIFY(setContents(path(), file) && setContents(log, logged));
    auto again = open();
    QVERIFY2(again->notTakenIn().isEmpty(), qPrintable(again->notTakenIn().join(QLatin1Char(' '))));
    QCOMPARE(again->runs()->size(), 1);
    QCOMPARE(again->runs()->first().id.value, second.value);
    QCOMPARE(valuesOf(*again->steps(second), trainLoss).size(), 100);
}

/// A killed program leaves the log of its last state, and an older state is restored from a backup.
void LogTest::aRestoredStateGetsNoLaterLog() {
    beginRun(*open());
    writer_.reset();
    const QByteArray older = contents(path());
    auto notebook = open();
    beginRun(*notebook);
    writer_->checkpoint(packed(CheckpointKind::Manual, 1, 100, manyWeights()));
    REQUIRE_OK(notebook->flush());
    goOn(101, 200);
    REQUIRE_OK(notebook->flush());
    const QString log = path() + QStringLiteral("-wal");
    const QByteArray logged = contents(log);
    writer_.reset();
    notebook.reset();
    QVERIFY(setContents(path(), older) && setContents(log, logged));
    auto again = open();
    QVERIFY(!again->damage());
    QCOMPARE(again->notTakenIn().size(), 1);
    QCOMPARE(again->runs()->size(), 1);
    QCOMPARE(again->run({1})->steps, 100);
    QCOMPARE(QDir(folder()).entryList({QStringLiteral("*.left-*")}).size(), 1);
}

void LogTest::whatARunHasWrittenIsReadInALargeNotebook_data() {
    QTest::addColumn<QByteArray>("spoilt");
    QTest::addColumn<bool>("found");
    const auto bytesOfSteps = [](qint64 first) {
        QByteArray bytes;
        for (qint64 step = first; step < first + 8; ++step) {
            const float loss = lossOf(step);
            bytes.append(reinterpret_cast<const char*>(&loss), sizeof loss);
        }
        return bytes;
    };
    QTest::newRow("a curve") << bytesOfSteps(4200) << true;
    QTest::newRow("an epoch") << QByteArray("\"validation.loss\":0.625") << true;
    QTest::newRow("weights that are kept") << QByteArray(300, 'k') << true;
    QTest::newRow("another run") << QByteArray(300, 'o') << false;
}

/// Whatever the size of the notebook: a run that is called finished has been read as it was written.
void LogTest::whatARunHasWrittenIsReadInALargeNotebook() {
    QFETCH(QByteArray, spoilt);
    QFETCH(bool, found);
    auto notebook = open();
    {
        auto large = notebook->startRun(sampleStart(QStringLiteral("large")));
        REQUIRE_OK(large);
        (*large)->checkpoint(packed(CheckpointKind::Last, 1, 1, QByteArray(60'000'000, 'o')));
        REQUIRE_OK((*large)->finish(RunState::Finished, 1));
    }
    beginRun(*notebook);
    goOn(101, 5000);
    writer_->epoch(epochRow(2, 5000, 0.5, 0.8, 0.625, 0.8, 1000.0, 5.0));
    writer_->checkpoint(packed(CheckpointKind::Last, 1, 100, QByteArray(1'000'000, 'r')));
    REQUIRE_OK(notebook->flush());
    writer_->checkpoint(packed(CheckpointKind::Last, 2, 200, QByteArray(9'000'000, 'l')));
    writer_->checkpoint(packed(CheckpointKind::Manual, 2, 200, QByteArray(1'000'000, 'k')));
    REQUIRE_OK(notebook->flush());
    changeByHand(path(), {QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)")});
    REQUIRE_OK(notebook->setSetting(QStringLiteral("k"), QStringLiteral("v")));
    {
        QFile file(path());
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray bytes = file.readAll();
        const qsizetype at = bytes.indexOf(spoilt);
        QVERIFY(at > 0);
        QVERIFY(file.seek(at + 5));
        file.write("!");
    }
    const auto done = writer_->finish(RunState::Finished, 6, tested(0.25, 0.75));
    QVERIFY2(done.has_value() != found, qPrintable(done ? QString() : done.error().oneLine()));
    if (!found) return;
    QVERIFY2(done.error().what.contains(QStringLiteral("damaged")), qPrintable(done.error().oneLine()));
    REQUIRE_OK(writer_->keepRest());
    writer_.reset();
    notebook.reset();
    auto again = open();
    QCOMPARE(again->takenIn().size(), 1);
    QCOMPARE(runStateKey(again->run({2})->state), QStringLiteral("finished"));
    QCOMPARE(again->steps({2})->damagedChunks, 0);
    QVERIFY(!again->epochs({2})->at(1).damaged);
}

QTEST_GUILESS_MAIN(LogTest)
#include "log_test.moc"
