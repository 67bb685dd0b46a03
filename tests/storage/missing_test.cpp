#include "greatest_size.h"
#include "two_runs.h"

#include "storage/database/database.h"
#include "storage/database/file_opener.h"
#include "storage/notebook/schema.h"
#include "support/several.h"

#include <atomic>
#include <thread>

using namespace burdock::storage;
using Kind = StorageError::Kind;

/// Another program has deleted rows: every row that is there is as it was written, and yet the run is not.
class MissingTest : public TwoRunsTest {
    Q_OBJECT

  private slots:
    void whatARunCountsIsTold_data();
    void whatARunCountsIsTold();
    void whatWasSetAsideHidesNothing();
    void weightsThatAreNotWholeAreTold();
    void whatIsLeftOfARunIsTold_data();
    void whatIsLeftOfARunIsTold();
    void anOwnerMayBeAnything();
    void aNumberOfTheGreatestIsInNobodysWay();
    void onlyWhatOthersMayHaveDoneIsSaidOfThem();
    void manyOrphansAreDeletedInSlices();
    void whatWasDeletedBeforeAFailureIsTold();
    void orphanedWeightsAreNotTakenForNewOnes_data();
    void orphanedWeightsAreNotTakenForNewOnes();
    void olderNotebooksWithOrphansOpen();
    void aRunThatIsGoingOnMissesNothing();
};

void MissingTest::whatARunCountsIsTold_data() {
    QTest::addColumn<QString>("statement");
    QTest::addColumn<qint64>("epochs");
    QTest::addColumn<bool>("curves");
    const auto row = [](const char* name, const char* statement, qint64 epochs, bool curves) {
        QTest::newRow(name) << QString::fromLatin1(statement) << epochs << curves;
    };
    row("an epoch", "DELETE FROM run_epoch WHERE run = 1 AND epoch = 2", 1, false);
    row("the last epoch", "DELETE FROM run_epoch WHERE run = 1 AND epoch = 3", 1, false);
    row("all epochs", "DELETE FROM run_epoch WHERE run = 1", 3, false);
    row("a series", "DELETE FROM run_chunk WHERE run = 1 AND series = 'train.accuracy'", 0, true);
    row("all series", "DELETE FROM run_chunk WHERE run = 1", 0, true);
    row("a middle chunk", "DELETE FROM run_chunk WHERE run = 1 AND first_step = 4097", 0, true);
    row("a last chunk", "DELETE FROM run_chunk WHERE run = 1 AND first_step = 8193", 0, true);
    row("a first chunk", "DELETE FROM run_chunk WHERE run = 1 AND first_step = 1", 0, true);
}

void MissingTest::whatARunCountsIsTold() {
    QFETCH(QString, statement);
    QFETCH(qint64, epochs);
    QFETCH(bool, curves);
    fill();
    QVERIFY(!open()->run({1})->damaged && !open()->runs()->at(0).damaged);
    changeByHand(path(), {statement});
    auto notebook = open();
    const auto run = notebook->run({1});
    REQUIRE_OK(run);
    QVERIFY(run->damaged && !run->changed);
    QCOMPARE(run->missing.epochs, epochs);
    QCOMPARE(run->missing.curves, curves);
    const auto rows = notebook->epochs({1});
    REQUIRE_OK(rows);
    QCOMPARE(rows->size(), 3); // each in its place
    qint64 lost = 0;
    for (qsizetype i = 0; i < 3; ++i) {
        QCOMPARE(rows->at(i).epoch, i + 1);
        lost += rows->at(i).damaged;
        QCOMPARE(rows->at(i).values.isEmpty(), rows->at(i).damaged);
    }
    QCOMPARE(lost, epochs);
    const auto told = notebook->steps({1});
    REQUIRE_OK(told);
    QCOMPARE(told->damagedChunks > 0, curves);
    // The list of all runs reads no curves, and where a series begins is not known without them.
    const bool inList = QByteArray(QTest::currentDataTag()) != "a first chunk";
    const auto runs = notebook->runs();
    REQUIRE_OK(runs);
    for (const RunSummary& one : *runs)
        QCOMPARE(one.damaged, one.id.value == 1 && inList);

    const auto refused = notebook->continueRun({1}, 3, steps);
    QVERIFY(!refused && refused.error().kind == Kind::Damaged);
    QVERIFY(refused.error().where.contains(QStringLiteral("run 1")) && !refused.error().mend.isEmpty());
    QCOMPARE(runStateKey(notebook->run({1})->state), QStringLiteral("stopped"));
    QVERIFY(!notebook->run({2})->damaged);
    REQUIRE_OK(notebook->continueRun({2}, 3, steps));
    QVERIFY(!notebook->damage());
}

/// A damaged chunk that stepped aside is not missing, and stands for no other that is.
void MissingTest::whatWasSetAsideHidesNothing() {
    fill();
    changeByHand(path(),
                 {QStringLiteral("UPDATE run_chunk SET seal = seal + 1 WHERE run = 1 AND first_step = "
                                 "8193 AND series = 'train.loss'")});
    constexpr qint64 end = 14'000;
    const auto isTold = [this](qint64 id) {
        const auto notebook = open();
        const bool told = notebook->run({id})->missing.curves;
        const auto runs = notebook->runs();
        if (!runs) qFatal("%s", qPrintable(runs.error().oneLine()));
        for (const RunSummary& run : *runs)
            if (run.id.value == id && run.missing.curves != told) qFatal("the list tells another tale");
        return told;
    };
    for (const qint64 from : {8192, 12288}) {
        auto notebook = open();
        auto writer = notebook->continueRun({1}, 2, from);
        REQUIRE_OK(writer);
        for (qint64 step = from + 1; step <= end; ++step)
            writeStep(**writer, step, lossOf(step), 0.5f);
        (*writer)->checkpoint(packed(CheckpointKind::Last, 2, end, "last"));
        REQUIRE_OK((*writer)->finish(RunState::Stopped, 6));
        writer->reset();
        notebook.reset();
        QVERIFY(!isTold(1));
        QVERIFY(open()->steps({1})->damagedChunks > 0);
    }
    changeByHand(path(), {QStringLiteral("DELETE FROM run_chunk WHERE run = 1 AND series = 'train.loss' AND "
                                         "first_step + steps > %1")
                              .arg(end)});
    QVERIFY(isTold(1));
    QVERIFY(!open()->continueRun({1}, 2, 8192));
    // Set aside by a Burdock that did not note what it stood for.
    const QString last = QStringLiteral("run = 2 AND first_step = 8193");
    changeByHand(path(),
                 {QStringLiteral("INSERT INTO run_chunk (run, series, begins, first_step, steps, data, "
                                 "seal) SELECT run, series, begins, -id, steps, data, seal FROM "
                                 "run_chunk WHERE ") +
                  last});
    QVERIFY(!isTold(2));
    changeByHand(path(), {QStringLiteral("DELETE FROM run_chunk WHERE ") + last});
    QVERIFY(isTold(2));
}

void MissingTest::weightsThatAreNotWholeAreTold() {
    fill();
    for (const char* statement :
         {"DELETE FROM tensor_chunk WHERE place = 3 AND tensor IN (SELECT tensor.id FROM tensor JOIN "
          "run_checkpoint AS c ON c.id = checkpoint WHERE c.run = 1)",
          "DELETE FROM tensor_chunk WHERE tensor IN (SELECT tensor.id FROM tensor JOIN run_checkpoint AS c "
          "ON "
          "c.id = checkpoint WHERE c.run = 1)",
          "DELETE FROM tensor WHERE checkpoint IN (SELECT id FROM run_checkpoint WHERE run = 1)"}) {
        changeByHand(path(), {QString::fromLatin1(statement)});
        const auto infos = open()->checkpoints({1});
        REQUIRE_OK(infos);
        QCOMPARE(infos->size(), 2);
        QVERIFY2(infos->at(1).damaged, statement);
        QVERIFY(!bytesOf(*open(), {1}, CheckpointKind::Last));
        const auto others = open()->checkpoints({2});
        REQUIRE_OK(others);
        QVERIFY(!others->at(0).damaged && !others->at(1).damaged);
        QVERIFY(!open()->damage());
    }
}

void MissingTest::whatIsLeftOfARunIsTold_data() {
    QTest::addColumn<QStringList>("tables");
    QTest::addColumn<QString>("told");
    const QString run = QStringLiteral("run 1");
    QTest::newRow("its row") << QStringList{QStringLiteral("run")} << run;
    QTest::newRow("and setup") << QStringList{QStringLiteral("run"), QStringLiteral("run_setup")} << run;
    QTest::newRow("all but weights") << QStringList{QStringLiteral("run"), QStringLiteral("run_setup"),
                                                    QStringLiteral("run_epoch"), QStringLiteral("run_chunk")}
                                     << run;
    QTest::newRow("checkpoints") << QStringList{QStringLiteral("run_checkpoint")}
                                 << QStringLiteral("weights");
    QTest::newRow("arrays") << QStringList{QStringLiteral("tensor")} << QStringLiteral("weights");
}

void MissingTest::whatIsLeftOfARunIsTold() {
    QFETCH(QStringList, tables);
    QFETCH(QString, told);
    fill();
    QVERIFY(!open()->damage());
    for (const QString& table : tables) {
        const QString where = table == QStringLiteral("run")      ? QStringLiteral("id = 1")
                              : table == QStringLiteral("tensor") ? QStringLiteral("checkpoint < 3")
                                                                  : QStringLiteral("run = 1");
        changeByHand(path(), {QStringLiteral("DELETE FROM %1 WHERE %2").arg(table, where)});
    }
    auto notebook = open();
    const auto damage = notebook->damage();
    QVERIFY(damage && damage->kind == Kind::Damaged);
    QVERIFY2(damage->what.contains(told), qPrintable(damage->oneLine()));
    QVERIFY(!damage->where.isEmpty() && !damage->mend.isEmpty());
    QVERIFY(!notebook->isReadOnly());
    // What is whole goes on, and no new run takes over what is left of the old one.
    const auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    QCOMPARE((*writer)->id().value, 3);
    // And it can be let go of, with nothing that is whole.
    REQUIRE_OK(notebook->removeOrphans());
    QVERIFY(!notebook->damage() && !open()->damage());
    QVERIFY(!notebook->run({2})->damaged);
    const auto weights = bytesOf(*notebook, {2}, CheckpointKind::Last);
    REQUIRE_OK(weights);
    QCOMPARE(*weights, manyWeights());
    auto rows = Database::open(path(), Database::Mode::Read);
    REQUIRE_OK(rows);
    QCOMPARE(rows->value(QStringLiteral("SELECT COUNT(*) FROM pragma_foreign_key_check"))->toInt(), 0);
}

/// Not what a stranger has written there is told, but how many such rows there are.
void MissingTest::anOwnerMayBeAnything() {
    fill();
    changeByHand(path(),
                 {QStringLiteral("UPDATE run_epoch SET run = 'x' || hex(zeroblob(1500000)) WHERE run = 1"),
                  QStringLiteral("UPDATE run_checkpoint SET run = x'00' WHERE run = 1"),
                  QStringLiteral("UPDATE run_chunk SET run = 77 WHERE run = 2 AND first_step = 1")});
    auto notebook = open();
    const auto damage = notebook->damage();
    QVERIFY(damage);
    QVERIFY2(damage->oneLine().size() < 500, qPrintable(damage->oneLine().left(1000)));
    QVERIFY2(damage->what.contains(QStringLiteral("number: 5.")) &&
                 damage->what.contains(QStringLiteral("run 77")),
             qPrintable(damage->oneLine()));
    const auto begun = notebook->startRun(sampleStart());
    REQUIRE_OK(begun);
    QCOMPARE((*begun)->id().value, 78);
    REQUIRE_OK((*begun)->finish(RunState::Stopped, 1));
    const auto removed = notebook->removeOrphans();
    REQUIRE_OK(removed);
    QCOMPARE(removed->runs, 1);
    QVERIFY(!notebook->damage());
}

/// Runs and weights are numbered on as if it were not there.
void MissingTest::aNumberOfTheGreatestIsInNobodysWay() {
    fill();
    changeByHand(path(), {QStringLiteral("UPDATE run SET id = 9223372036854775807 WHERE id = 1"),
                          QStringLiteral("UPDATE run_epoch SET run = 1e300 WHERE run = 1"),
                          QStringLiteral("INSERT INTO tensor_chunk (tensor, place, checksum, data) VALUES "
                                         "(9223372036854775807, 0, 0, x'00'), (1e300, 1, 0, x'00')")});
    auto notebook = open();
    for (const qint64 number : {3, 4}) {
        beginRun(*notebook);
        QCOMPARE(writer_->id().value, number);
        goOn(101, 200);
        writer_->epoch(epochRow(2, 200, 0.5, 0.8, 0.7, 0.8, 1000.0, 5.0));
        writer_->checkpoint(packed(CheckpointKind::Last, 2, 200, "last"));
        REQUIRE_OK(writer_->finish(RunState::Finished, 6, tested(0.25, 0.75)));
        isWhole(*notebook, writer_->id(), 200);
    }
}

void MissingTest::onlyWhatOthersMayHaveDoneIsSaidOfThem() {
    fill();
    auto database = Database::open(path(), Database::Mode::Write);
    REQUIRE_OK(database);
    for (const auto& [statement, byOthers] :
         {std::pair(
              "INSERT INTO run_epoch (run, epoch, step, best, metrics, seal) VALUES (9, 1, 1, 0, '', 0)",
              true),
          std::pair("INSERT INTO setting (id, name, value, seal) VALUES (1, 'a', '', 0), (1, 'b', '', 0)",
                    true),
          std::pair("INSERT INTO setting (name, value, seal) VALUES ('a', '', 0), ('a', '', 0)", true),
          std::pair("INSERT INTO setting (name, value, seal) VALUES ('a', NULL, 0)", false)}) {
        const auto refused = database->run(QString::fromLatin1(statement));
        QVERIFY2(!refused, statement);
        QVERIFY2(refused.error().mend.contains(QStringLiteral("Another program")) == byOthers,
                 qPrintable(refused.error().oneLine()));
    }
}

/// A hundred times what may wait in the log, on a disk that has no room for it.
void MissingTest::manyOrphansAreDeletedInSlices() {
    constexpr qint64 megabyte = qint64{1} << 20, many = 100;
    fill();
    changeByHand(path(),
                 {QStringLiteral("WITH RECURSIVE chunk (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM "
                                 "chunk WHERE n < %1 - 1) INSERT INTO tensor_chunk (tensor, place, "
                                 "checksum, data) SELECT 1000 + n / 16, n % 16, 0, zeroblob(%2) FROM "
                                 "chunk")
                      .arg(many)
                      .arg(megabyte),
                  QStringLiteral("DELETE FROM run WHERE id = 1")});
    auto notebook = open();
    QVERIFY(notebook->damage());
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    {
        const GreatestSize log(path() + QStringLiteral("-wal"));
        const FullDisk disk(static_cast<rlim_t>(QFileInfo(path()).size() + megabyte));
        const auto removed = notebook->removeOrphans();
        REQUIRE_OK(removed);
        QCOMPARE(removed->runs, 1);
        QVERIFY(removed->bytes > many * megabyte &&
                removed->bytes < many * megabyte + 2 * manyWeights().size());
        QVERIFY2(log.bytes() < 24 * megabyte, qPrintable(QString::number(log.bytes())));
        writeStep(**writer, 1, 0.5f, 0.5f);
        REQUIRE_OK(notebook->flush());
    }
    REQUIRE_OK((*writer)->finish(RunState::Stopped, 1));
    QVERIFY(!notebook->damage());
    auto rows = Database::open(path(), Database::Mode::Read);
    REQUIRE_OK(rows);
    QCOMPARE(rows->value(QStringLiteral("SELECT COUNT(*) FROM pragma_foreign_key_check"))->toInt(), 0);
    REQUIRE_OK(bytesOf(*notebook, {2}, CheckpointKind::Last));
}

void MissingTest::whatWasDeletedBeforeAFailureIsTold() {
    fill();
    changeByHand(path(),
                 {QStringLiteral("WITH RECURSIVE chunk (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM "
                                 "chunk WHERE n < 39) INSERT INTO tensor_chunk (tensor, place, "
                                 "checksum, data) SELECT 1000, n, 0, zeroblob(1048576) FROM chunk"),
                  QStringLiteral("DELETE FROM run WHERE id = 1")});
    auto notebook = open();
    QVERIFY(notebook->damage());
    const auto rename = [&](const char* from, const char* to) {
        changeByHand(path(), {QStringLiteral("ALTER TABLE run_epoch RENAME COLUMN %1 TO %2")
                                  .arg(QLatin1String(from), QLatin1String(to))});
    };
    rename("metrics", "metrics_of_another_program");
    auto broken = notebook->removeOrphans();
    QVERIFY(!broken);
    const auto left = [&] {
        auto rows = Database::open(path(), Database::Mode::Read);
        return rows ? rows->value(QStringLiteral("SELECT COUNT(*) FROM tensor_chunk WHERE tensor = 1000"))
                          ->toInt()
                    : -1;
    }();
    QVERIFY2(left >= 0 && left < 40, qPrintable(QString::number(left))); // a slice is through
    const qsizetype at = broken.error().what.indexOf(QStringLiteral("deleted before that: "));
    QVERIFY2(at > 0, qPrintable(broken.error().oneLine()));
    rename("metrics_of_another_program", "metrics");
    REQUIRE_OK(notebook->removeOrphans());
    QVERIFY(!notebook->damage());
}

void MissingTest::orphanedWeightsAreNotTakenForNewOnes_data() {
    QTest::addColumn<QStringList>("statements");
    QTest::newRow("of a run") << QStringList{QStringLiteral("DELETE FROM run WHERE id = 2"),
                                             QStringLiteral("DELETE FROM run_checkpoint WHERE run = 2")};
    QTest::newRow("of arrays") << QStringList{QStringLiteral("DELETE FROM tensor")};
    QTest::newRow("of both") << QStringList{QStringLiteral("DELETE FROM run_checkpoint"),
                                            QStringLiteral("DELETE FROM tensor")};
}

/// Neither by a run that writes, nor by one whose rest is taken in.
void MissingTest::orphanedWeightsAreNotTakenForNewOnes() {
    QFETCH(QStringList, statements);
    fill();
    changeByHand(path(), statements);
    auto notebook = open();
    beginRun(*notebook);
    goOn(101, 200);
    writer_->epoch(epochRow(2, 200, 0.5, 0.8, 0.7, 0.8, 1000.0, 5.0));
    writer_->checkpoint(packed(CheckpointKind::Last, 2, 200, "last"));
    REQUIRE_OK(writer_->finish(RunState::Finished, 6, tested(0.25, 0.75)));
    const RunId written = writer_->id();
    isWhole(*notebook, written, 200);
    beginRun(*notebook);
    const RunId id = writer_->id();
    const QString elsewhere = path(QStringLiteral("elsewhere.burdock"));
    QVERIFY(QFile::rename(path(), elsewhere));
    goOn(101, 200);
    endsAsRest();
    notebook.reset();
    QVERIFY(QFile::rename(elsewhere, path()));
    changeByHand(path(), {QStringLiteral("DELETE FROM run_checkpoint WHERE run = %1").arg(id.value)});
    notebook = open();
    QVERIFY2(notebook->notTakenIn().isEmpty(), qPrintable(notebook->notTakenIn().join(QLatin1Char(' '))));
    QCOMPARE(notebook->takenIn().size(), 1);
    isWhole(*notebook, id, 200);
    isWhole(*notebook, written, 200);
}

/// What another program has deleted long ago is not the migration's doing.
void MissingTest::olderNotebooksWithOrphansOpen() {
    QVERIFY(QFile::copy(QStringLiteral(FORMAT3), path()));
    QVERIFY(QFile::setPermissions(path(), QFile::ReadOwner | QFile::WriteOwner));
    changeByHand(path(), {QStringLiteral("DELETE FROM run WHERE id = 1")});
    const auto notebook = Notebook::open(path());
    REQUIRE_OK(notebook);
    QVERIFY((*notebook)->damage());
    QVERIFY(!(*notebook)->run({2})->damaged);
}

/// Its rows and what it counts of them come together, also where it is taken up again and cut short.
void MissingTest::aRunThatIsGoingOnMissesNothing() {
    auto notebook = open();
    std::atomic<bool> over = false;
    std::thread training([&] {
        for (qint64 round = 0; round < 20; ++round) {
            auto writer = round == 0 ? notebook->startRun(sampleStart()) : notebook->continueRun({1}, 0, 10);
            if (!writer) qFatal("%s", qPrintable(writer.error().oneLine()));
            for (qint64 step = round == 0 ? 1 : 11; step <= 5000; ++step) {
                writeStep(**writer, step, lossOf(step), 0.5f);
                if (step % 500 == 0) {
                    (*writer)->epoch(epochRow(step / 500, step, 0.9, 0.6, 0.8, 0.7, 1000.0, 2.5));
                    (void)notebook->flush();
                }
            }
            (void)(*writer)->finish(RunState::Stopped, 1);
        }
        over = true;
    });
    int looks = 0, wrong = 0;
    while (!over) {
        const auto runs = notebook->runs();
        const auto run = notebook->run({1});
        if (!run) continue; // it has not begun
        ++looks;
        wrong += run->damaged;
        for (const RunSummary& one : *runs)
            wrong += one.damaged;
        const auto epochs = notebook->epochs({1});
        for (const EpochRow& row : *epochs)
            wrong += row.damaged;
        wrong += notebook->steps({1})->damagedChunks;
    }
    training.join();
    QCOMPARE(wrong, 0);
    QVERIFY(looks > 20);
}

ADD_TEST_CLASS(MissingTest)
#include "missing_test.moc"
