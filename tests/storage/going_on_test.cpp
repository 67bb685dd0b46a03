#include "support.h"

#include "storage/database/database.h"
#include "support/several.h"

#include <cmath>

using namespace burdock::storage;

/// Runs that are taken up again.
class GoingOnTest : public FolderTest {
    Q_OBJECT

  private slots:
    void goesOnWhereItWas();
    void whatIsBinnedOrOverDoesNotGoOn();
    void aChangedCurveDoesNotGoOn();
    void aChangedEpochDoesNotGoOn();
    void whatWasThereBeforeIsLookedAtAtTheEnd();
    void aDamagedEpochIsNoLaterOne();
    void aChangedRunDoesNotGoOn();
    void goesOnWithOtherSeries();
    void tellsTheBestEpoch();
};

namespace {

RunId stoppedRun(Notebook& notebook) {
    auto writer = notebook.startRun(sampleStart());
    if (!writer) qFatal("%s", qPrintable(writer.error().oneLine()));
    const RunId id = (*writer)->id();
    writeStep(**writer, 1, 0.5f, 0.5f);
    if (const auto done = (*writer)->finish(RunState::Stopped, 1); !done)
        qFatal("%s", qPrintable(done.error().oneLine()));
    return id;
}

} // namespace

/// Whatever its caller has found before: another program may have been between.
void GoingOnTest::whatIsBinnedOrOverDoesNotGoOn() {
    auto notebook = open();
    const RunId id = stoppedRun(*notebook);
    REQUIRE_OK(notebook->setDeleted(id, true));
    QVERIFY(!notebook->continueRun(id, 0, 1));
    QCOMPARE(notebook->run(id)->state, RunState::Stopped);
    REQUIRE_OK(notebook->setDeleted(id, false));
    auto again = notebook->continueRun(id, 0, 1);
    REQUIRE_OK(again);
    REQUIRE_OK((*again)->finish(RunState::Finished, 2));
    again->reset();
    QVERIFY(!notebook->continueRun(id, 0, 1));
    QCOMPARE(notebook->run(id)->state, RunState::Finished);
}

/// Of a run that goes on, what came after its checkpoint is written anew.
void GoingOnTest::goesOnWhereItWas() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    const RunId id = (*writer)->id();
    QVERIFY(!notebook->continueRun(id, 0, 0));  // it is still going on
    for (qint64 step = 1; step <= 5000; ++step) // more than one chunk
        writeStep(**writer, step, lossOf(step), 0.5f);
    (*writer)->epoch(epochRow(1, 2000, 0.9, 0.6, 0.8, 0.7, 1000.0, 2.5));
    (*writer)->epoch(epochRow(2, 4000, 0.5, 0.8, 0.7, 0.72, 1000.0, 5.0));
    REQUIRE_OK((*writer)->finish(RunState::Stopped, 6));
    writer->reset();

    auto again = notebook->continueRun(id, 1, 2500);
    REQUIRE_OK(again);
    QCOMPARE((*again)->id().value, id.value);
    QCOMPARE(notebook->run(id)->state, RunState::Running);
    QCOMPARE(notebook->epochs(id)->size(), 1);
    for (qint64 step = 2501; step <= 2600; ++step)
        writeStep(**again, step, 7.0f, 0.25f);
    (*again)->epoch(epochRow(2, 2600, 0.4, 0.8, 0.6, 0.75, 1000.0, 7.0));
    QVERIFY(!(*again)->error());
    REQUIRE_OK((*again)->finish(RunState::Finished, 9, tested(0.3, 0.9), {}, R"({"f1":{"value":0.5}})"));
    const auto run = notebook->run(id);
    REQUIRE_OK(run);
    QVERIFY(!run->damaged);
    QCOMPARE(run->state, RunState::Finished);
    QCOMPARE(run->steps, 2600);
    QCOMPARE(run->epochs, 2);
    QCOMPARE(summaryOf(*run, validationLoss).least, 0.6);
    QCOMPARE(run->testMetrics, QByteArray(R"({"f1":{"value":0.5}})"));
    const auto steps = notebook->steps(id);
    REQUIRE_OK(steps);
    QCOMPARE(steps->damagedChunks, 0);
    QCOMPARE(valuesOf(*steps, trainLoss).size(), 2600);
    QCOMPARE(valuesOf(*steps, trainLoss)[2499], lossOf(2500));
    QCOMPARE(valuesOf(*steps, trainLoss)[2500], 7.0f);
    QVERIFY(!notebook->continueRun(RunId{999}, 0, 0));
}

/// A part that nobody can read would be buried by going on behind it; what comes anew may be as it likes.
void GoingOnTest::aChangedCurveDoesNotGoOn() {
    const auto continued = [this](const QString& damage, qint64 from) {
        QFile::remove(path());
        RunId id;
        {
            auto notebook = open();
            auto writer = notebook->startRun(sampleStart());
            if (!writer) qFatal("no run");
            id = (*writer)->id();
            for (qint64 step = 1; step <= 30; ++step)
                writeStep(**writer, step, lossOf(step), 0.5f);
            (void)(*writer)->finish(RunState::Interrupted, 6);
        }
        {
            auto database = Database::open(path(), Database::Mode::Write);
            if (!database || !database->run(damage)) qFatal("no damage");
        }
        auto notebook = open();
        if (notebook->steps(id)->damagedChunks == 0) qFatal("not damaged");
        const auto writer = notebook->continueRun(id, 0, from);
        return writer ? notebook->steps(id)->damagedChunks : -1;
    };
    const QString loss = QStringLiteral("UPDATE run_chunk SET %1 WHERE series = 'train.loss'");
    for (const char* change :
         {"seal = seal + 1", "begins = 17", "id = id + 1000000", "data = zeroblob(length(data))",
          "first_step = 29, seal = 0", "first_step = -9223372036854775808"}) {
        QVERIFY2(continued(loss.arg(QString::fromLatin1(change)), 20) == -1, change);
        QVERIFY2(continued(loss.arg(QString::fromLatin1(change)), 30) == -1, change);
    }
    // From the very beginning all is trained anew, and nothing of the old is missing.
    QCOMPARE(continued(loss.arg(QStringLiteral("seal = 0")), 0), 0);
}

/// The list of all runs tells of the best one, whose row it reads.
void GoingOnTest::aChangedEpochDoesNotGoOn() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    const RunId id = (*writer)->id();
    for (qint64 step = 1; step <= 30; ++step)
        writeStep(**writer, step, lossOf(step), 0.5f);
    for (qint64 epoch = 1; epoch <= 3; ++epoch) {
        EpochRow row = epochRow(epoch, epoch * 10, 0.9, 0.6, 0.8, 0.7, 1000.0, 2.5);
        row.best = epoch == 2;
        (*writer)->epoch(row);
    }
    REQUIRE_OK((*writer)->finish(RunState::Interrupted, 6));
    writer->reset();
    const auto change = [this](const char* sql) {
        auto database = Database::open(path(), Database::Mode::Write);
        if (!database || !database->run(QString::fromLatin1(sql))) qFatal("no damage");
    };
    REQUIRE_OK(notebook->mayContinue(id, 3, 30));
    QVERIFY(!notebook->runs()->first().damaged);
    change("UPDATE run_epoch SET metrics = replace(metrics, '0.', '0.9') WHERE epoch = 1");
    const auto refused = notebook->continueRun(id, 3, 30);
    QVERIFY(!refused && refused.error().kind == StorageError::Kind::Damaged);
    QVERIFY2(refused.error().what.contains(QStringLiteral("1 of 3 epochs")),
             qPrintable(refused.error().what));
    QVERIFY(!notebook->mayContinue(id, 3, 30));
    QVERIFY(!notebook->runs()->first().damaged);
    change("UPDATE run_epoch SET seal = seal + 1 WHERE epoch = 2");
    QVERIFY(notebook->runs()->first().damaged && notebook->run(id)->changed);
}

/// This program has not told it, and nobody else looks.
void GoingOnTest::whatWasThereBeforeIsLookedAtAtTheEnd() {
    for (const char* loss : {"", "DELETE FROM run_epoch WHERE epoch = 1",
                             "UPDATE run_epoch SET metrics = replace(metrics, '0.', '0.9') WHERE epoch = 2",
                             "DELETE FROM run_chunk WHERE first_step = 1",
                             "UPDATE run_chunk SET data = zeroblob(length(data)) WHERE first_step = 1"}) {
        QFile::remove(path());
        auto notebook = open();
        auto writer = notebook->startRun(sampleStart());
        REQUIRE_OK(writer);
        const RunId id = (*writer)->id();
        for (qint64 step = 1; step <= 30; ++step)
            writeStep(**writer, step, lossOf(step), 0.5f);
        for (qint64 epoch = 1; epoch <= 3; ++epoch)
            (*writer)->epoch(epochRow(epoch, epoch * 10, 0.9, 0.6, 0.8, 0.7, 1000.0, 2.5));
        REQUIRE_OK((*writer)->checkBefore());
        REQUIRE_OK((*writer)->finish(RunState::Stopped, 6));
        writer->reset();
        auto again = notebook->continueRun(id, 2, 20);
        REQUIRE_OK(again);
        for (qint64 step = 21; step <= 40; ++step)
            writeStep(**again, step, lossOf(step), 0.5f);
        REQUIRE_OK(notebook->flush());
        if (*loss) {
            auto database = Database::open(path(), Database::Mode::Write);
            REQUIRE_OK(database);
            REQUIRE_OK(database->run(QString::fromLatin1(loss)));
        }
        const auto sound = (*again)->checkBefore();
        QCOMPARE(sound.has_value(), !*loss);
        if (!sound) QCOMPARE(sound.error().kind, StorageError::Kind::Damaged);
        REQUIRE_OK((*again)->finish(RunState::Failed, 9)); // all that is known here is there
    }
}

/// An epoch whose number was changed is not one that comes anew: it would be gone, and its damage with it.
void GoingOnTest::aDamagedEpochIsNoLaterOne() {
    RunId id;
    {
        auto notebook = open();
        auto writer = notebook->startRun(sampleStart());
        REQUIRE_OK(writer);
        id = (*writer)->id();
        for (qint64 step = 1; step <= 40; ++step)
            writeStep(**writer, step, lossOf(step), 0.5f);
        for (qint64 epoch = 1; epoch <= 4; ++epoch)
            (*writer)->epoch(epochRow(epoch, epoch * 10, 0.9, 0.6, 0.8, 0.7, 1000.0, 2.5));
        REQUIRE_OK((*writer)->finish(RunState::Interrupted, 6));
    }
    {
        auto database = Database::open(path(), Database::Mode::Write);
        REQUIRE_OK(database);
        REQUIRE_OK(database->run(QStringLiteral("UPDATE run_epoch SET epoch = 1000 WHERE epoch = 2")));
    }
    auto notebook = open();
    const auto refused = notebook->continueRun(id, 3, 30);
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, StorageError::Kind::Damaged);
    QVERIFY2(refused.error().what.contains(QStringLiteral("1 of 3 epochs")),
             qPrintable(refused.error().what));
    QCOMPARE(notebook->run(id)->epochs, 4);
    const auto epochs = notebook->epochs(id);
    REQUIRE_OK(epochs);
    QVERIFY(std::any_of(epochs->begin(), epochs->end(), [](const EpochRow& row) { return row.damaged; }));
    REQUIRE_OK(notebook->continueRun(id, 1, 10)); // all that is damaged comes anew
}

/// It would go on with settings that it was not begun with.
void GoingOnTest::aChangedRunDoesNotGoOn() {
    auto notebook = open();
    const RunId id = stoppedRun(*notebook);
    {
        auto database = Database::open(path(), Database::Mode::Write);
        REQUIRE_OK(database);
        REQUIRE_OK(database->run(QStringLiteral("UPDATE run_setup SET config_json = CAST('{}' AS BLOB)")));
    }
    const auto refused = notebook->continueRun(id, 0, 1);
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, StorageError::Kind::Damaged);
    QCOMPARE(notebook->run(id)->state, RunState::Stopped);
}

void GoingOnTest::goesOnWithOtherSeries() {
    const QString other = QStringLiteral("learning_rate");
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    for (qint64 step = 1; step <= 100; ++step)
        writeStep(**writer, step, lossOf(step), 0.5f);
    REQUIRE_OK((*writer)->finish(RunState::Stopped, 1));
    const RunId id = (*writer)->id();
    writer->reset();
    auto again = notebook->continueRun(id, 0, 80);
    REQUIRE_OK(again);
    for (qint64 step = 81; step <= 120; ++step)
        (*again)->step(step, {other, trainLoss}, std::array{0.25f, lossOf(step)});
    REQUIRE_OK((*again)->finish(RunState::Finished, 2));
    const auto curves = notebook->steps(id);
    REQUIRE_OK(curves);
    QCOMPARE(curves->damagedChunks, 0);
    QCOMPARE(curves->series.size(), 3);
    QCOMPARE(valuesOf(*curves, trainLoss).size(), 120);
    QCOMPARE(valuesOf(*curves, trainLoss)[99], lossOf(100));
    QCOMPARE(valuesOf(*curves, trainAccuracy)[79], 0.5f);
    QVERIFY(std::isnan(valuesOf(*curves, trainAccuracy)[80]));
    QCOMPARE(curves->find(other)->firstStep, 81);
    QCOMPARE(valuesOf(*curves, other).size(), 40);
}

void GoingOnTest::tellsTheBestEpoch() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    for (qint64 step = 1; step <= 50; ++step)
        writeStep(**writer, step, lossOf(step), 0.5f);
    for (qint64 epoch = 1; epoch <= 5; ++epoch) {
        EpochRow row = epochRow(epoch, epoch * 10, 0.5, 0.5, 1.0 / static_cast<double>(epoch), 0.5, 1, 1);
        row.best = epoch == 2 || epoch == 4;
        (*writer)->epoch(row);
        if (row.best) (*writer)->checkpoint(packed(CheckpointKind::Best, epoch, epoch * 10, "best"));
        if (epoch == 3) REQUIRE_OK(notebook->flush());
    }
    (*writer)->checkpoint(packed(CheckpointKind::Last, 5, 50, "last"));
    REQUIRE_OK((*writer)->finish(RunState::Stopped, 1));
    const RunId id = (*writer)->id();
    writer->reset();
    QCOMPARE(notebook->run(id)->bestEpoch, std::optional<qint64>(4));
    QVERIFY(notebook->epochs(id)->at(3).best && !notebook->epochs(id)->at(4).best);
    // What the run no longer has is not its best either.
    auto again = notebook->continueRun(id, 3, 30);
    REQUIRE_OK(again);
    const auto run = notebook->run(id);
    QCOMPARE(run->epochs, 3);
    QCOMPARE(run->bestEpoch, std::optional<qint64>()); // the fourth's weights have replaced the second's
    QVERIFY(!run->damaged);
    QCOMPARE(summaryOf(*run, validationLoss).least, 1.0 / 3);
    // And nobody has deleted them: it may go on as often as it is stopped.
    (*again)->checkpoint(packed(CheckpointKind::Last, 3, 30, "last"));
    REQUIRE_OK((*again)->finish(RunState::Stopped, 1));
    again->reset();
    QVERIFY(!notebook->run(id)->damaged);
    REQUIRE_OK(notebook->continueRun(id, 3, 30));
}

ADD_TEST_CLASS(GoingOnTest)
#include "going_on_test.moc"
