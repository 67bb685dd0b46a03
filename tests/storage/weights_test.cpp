#include "greatest_size.h"
#include "support.h"

#include "storage/database/database.h"
#include "storage/notebook/checkpoint_rows.h"
#include "storage/notebook/run_writer.h"
#include "support/await.h"

using namespace burdock::storage;

class WeightsTest : public FolderTest {
    Q_OBJECT

  private slots:
    void replacesCheckpoints();
    void bestAndLastTakeTheirPlacesTogether();
    void bestIsShownWhereItsLastFindsNoRoom();
    void deletingWritesLittle();
    void neverAheadOfTheCurve();
    void checkpointsBeyondASliceAreWhole();
    void anyNumberOfCheckpoints();
    void goingOnDropsLaterWeights();
    void unfinishedCheckpointsGo();
    void exchangedChunksAreFoundOut();
    void fullDiskDoesNotFillTheMemory();
    void lastWeightsWaitForRoom();
};

namespace {

/// `count` tensors of one and a half chunks each, every value another.
std::shared_ptr<const CheckpointData> largeCheckpoint(CheckpointKind kind, qint64 step, int count) {
    constexpr qint64 values = tensorChunkBytes / 8 * 3;
    auto owner = std::make_shared<std::vector<std::vector<float>>>();
    auto data = std::make_shared<CheckpointData>();
    data->info = {{}, kind, step / 10, step, 0, QDateTime::currentDateTimeUtc()};
    data->state = "{\"step\":10}";
    for (int i = 0; i < count; ++i) {
        auto& tensor = owner->emplace_back(values);
        for (std::size_t k = 0; k < tensor.size(); ++k)
            tensor[k] = static_cast<float>(i * 1'000'000 + static_cast<int>(k));
        data->tensors << CheckpointData::Tensor{
            {QStringLiteral("weights"), QStringLiteral("t%1").arg(i), {3, values / 3}, values * 4},
            reinterpret_cast<const char*>(tensor.data())};
    }
    data->owner = owner;
    return data;
}

std::shared_ptr<const CheckpointData> best(qint64 step) {
    auto data = *packed(CheckpointKind::Best, step / 10, step, "best");
    data.lastFollows = true;
    return std::make_shared<const CheckpointData>(data);
}

qint64 rowsOf(const QString& path, const QString& table) {
    auto database = Database::open(path, Database::Mode::Read);
    return database ? database->value(QStringLiteral("SELECT COUNT(*) FROM ") + table)->toLongLong() : -1;
}

} // namespace

void WeightsTest::replacesCheckpoints() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    const QByteArray large(3'000'000, 'x');
    for (int i = 1; i <= 5; ++i) {
        (*writer)->checkpoint(packed(CheckpointKind::Last, i, i * 10, large + QByteArray::number(1000 + i)));
        REQUIRE_OK(notebook->flush());
    }
    auto infos = notebook->checkpoints((*writer)->id());
    REQUIRE_OK(infos);
    QCOMPARE(infos->size(), 1);
    QCOMPARE(infos->first().epoch, 5);
    QCOMPARE(infos->first().step, 50);
    QCOMPARE(infos->first().bytes, large.size() + 4);
    auto data = bytesOf(*notebook, (*writer)->id(), CheckpointKind::Last);
    REQUIRE_OK(data);
    QCOMPARE(*data, large + "1005");
    const auto none = bytesOf(*notebook, (*writer)->id(), CheckpointKind::Best);
    QVERIFY(!none && none.error().kind == StorageError::Kind::NotFound);
    (*writer)->checkpoint(packed(CheckpointKind::Best, 6, 60, QByteArray()));
    REQUIRE_OK(notebook->flush());
    auto empty = bytesOf(*notebook, (*writer)->id(), CheckpointKind::Best);
    REQUIRE_OK(empty);
    QCOMPARE(empty->size(), 0);
}

/// A program that is killed between both must find the best weights of where its run goes on from.
void WeightsTest::bestAndLastTakeTheirPlacesTogether() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    const RunId run = (*writer)->id();
    QSet<qint64> seen;
    for (qint64 step = 10; step <= 50; step += 10) {
        for (qint64 one = step - 9; one <= step; ++one)
            writeStep(**writer, one, 1, 0);
        (*writer)->checkpoint(best(step));
        (*writer)->checkpoint(packed(CheckpointKind::Epoch, step / 10, step, "each"));
        (*writer)->checkpoint(largeCheckpoint(CheckpointKind::Last, step, 24)); // four slices
        for (bool writing = true; writing;) {
            QTest::qSleep(1);
            writing = (*writer)->holdsCheckpoints();
            const auto infos = notebook->checkpoints(run);
            REQUIRE_OK(infos);
            if (step == 10) continue; // nothing is replaced yet: what there is is shown
            QVERIFY(infos->size() >= 2);
            QCOMPARE(infos->at(0).kind, CheckpointKind::Best);
            QCOMPARE(infos->at(1).kind, CheckpointKind::Last);
            QCOMPARE(infos->at(0).step, infos->at(1).step);
            seen.insert(infos->at(0).step);
        }
    }
    QVERIFY2(seen.contains(50) && seen.size() > 1, "no one was looked at while the next one was written");
    // What nothing follows is seen as well, at the latest once the run has ended.
    (*writer)->checkpoint(best(60));
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    QCOMPARE(notebook->checkpoints(run)->first().step, 60);
}

/// It is worth more than that both are of the same step.
void WeightsTest::bestIsShownWhereItsLastFindsNoRoom() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    for (const qint64 step : {10, 20}) {
        for (qint64 one = step - 9; one <= step; ++one)
            writeStep(**writer, one, 1, 0);
        const auto disk = step == 20 ? std::make_unique<FullDisk>(qint64{2} << 20) : nullptr;
        (*writer)->checkpoint(best(step));
        (*writer)->checkpoint(largeCheckpoint(CheckpointKind::Last, step, 4));
        QCOMPARE((*writer)->awaitCheckpoints(), step == 10);
    }
    const auto infos = notebook->checkpoints((*writer)->id());
    REQUIRE_OK(infos);
    QCOMPARE(infos->size(), 2);
    QCOMPARE(infos->at(0).step, 20);
    QCOMPARE(infos->at(1).step, 10);
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    QCOMPARE(notebook->checkpoints((*writer)->id())->at(1).step, 20);
}

/// What becomes free is not written again to be emptied.
void WeightsTest::deletingWritesLittle() {
    constexpr qint64 megabyte = qint64{1} << 20;
    {
        auto notebook = open();
        auto writer = notebook->startRun(sampleStart());
        REQUIRE_OK(writer);
        (*writer)->checkpoint(packed(CheckpointKind::Last, 1, 10, QByteArray(40 * megabyte, 'w')));
        REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
        REQUIRE_OK(notebook->setDeleted((*writer)->id(), true));
    }
    auto notebook = open();
    const GreatestSize log(path() + QStringLiteral("-wal"));
    REQUIRE_OK(notebook->removeRuns({{1}}));
    AWAIT_COMPARE(rowsOf(path(), QStringLiteral("tensor_chunk")), 0);
    QVERIFY2(log.bytes() < 2 * megabyte, qPrintable(QString::number(log.bytes())));
}

void WeightsTest::goingOnDropsLaterWeights() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    const RunId id = (*writer)->id();
    for (const auto& [kind, step] :
         {std::pair(CheckpointKind::Epoch, 10), std::pair(CheckpointKind::Manual, 15),
          std::pair(CheckpointKind::Best, 30), std::pair(CheckpointKind::Epoch, 30),
          std::pair(CheckpointKind::Manual, 25), std::pair(CheckpointKind::Last, 20)})
        (*writer)->checkpoint(packed(kind, step / 10, step, "abcd"));
    for (qint64 epoch = 1; epoch <= 2; ++epoch)
        (*writer)->epoch(epochRow(epoch, epoch * 10, 0.9, 0.6, 0.8, 0.7, 1000.0, 2.5));
    REQUIRE_OK((*writer)->finish(RunState::Interrupted, 1));
    writer->reset();
    REQUIRE_OK(notebook->continueRun(id, 2, 20));
    const auto kept = notebook->checkpoints(id);
    REQUIRE_OK(kept);
    QCOMPARE(kept->size(), 3);
    for (const CheckpointInfo& info : *kept)
        QVERIFY(info.step <= 20 && info.kind != CheckpointKind::Best);
}

void WeightsTest::fullDiskDoesNotFillTheMemory() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    auto disk = std::make_unique<FullDisk>(128 * 1024);
    QByteArray bytes(500'000, 'w');
    (*writer)->checkpoint(packed(CheckpointKind::Epoch, 1, 10, bytes));
    const bool failed =
        QTest::qWaitFor([&] { return (*writer)->error().has_value(); }, burdock::test::patience);
    QVERIFY((*writer)->takeSkipped().isEmpty());
    for (int epoch = 2; epoch <= 9; ++epoch)
        (*writer)->checkpoint(packed(CheckpointKind::Epoch, epoch, 10 * epoch, bytes));
    const auto skipped = (*writer)->takeSkipped();
    disk.reset();
    QVERIFY(failed);
    QCOMPARE(skipped.size(), 8);
    QCOMPARE(skipped.last().epoch, 8);
    QVERIFY((*writer)->takeSkipped().isEmpty()); // told once
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    const auto kept = notebook->checkpoints((*writer)->id());
    REQUIRE_OK(kept);
    QCOMPARE(kept->size(), 1);
    QCOMPARE(kept->first().epoch, 9);
}

void WeightsTest::lastWeightsWaitForRoom() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    auto disk = std::make_unique<FullDisk>(128 * 1024);
    (*writer)->checkpoint(packed(CheckpointKind::Best, 2, 20, QByteArray(500'000, 'b')));
    (*writer)->checkpoint(packed(CheckpointKind::Last, 2, 20, QByteArray(500'000, 'l')));
    const bool let = (*writer)->awaitCheckpoints();
    disk.reset();
    QVERIFY(!let); // the disk took nothing
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    REQUIRE_OK(bytesOf(*notebook, (*writer)->id(), CheckpointKind::Best));
    REQUIRE_OK(bytesOf(*notebook, (*writer)->id(), CheckpointKind::Last));
}

void WeightsTest::checkpointsBeyondASliceAreWhole() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    constexpr int count = 30; // 45 MB: three slices
    const auto first = largeCheckpoint(CheckpointKind::Last, 10, count);
    (*writer)->checkpoint(first);
    for (qint64 step = 1; step <= 100; ++step)
        writeStep(**writer, step, lossOf(step), 0);
    QVERIFY((*writer)->awaitCheckpoints());
    QVERIFY(!(*writer)->holdsCheckpoints());
    QCOMPARE(first.use_count(), 1); // nobody holds its memory any more
    (*writer)->checkpoint(largeCheckpoint(CheckpointKind::Last, 20, count));
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    {
        const auto reader = notebook->openCheckpoint({1}, CheckpointKind::Last);
        REQUIRE_OK(reader);
        QCOMPARE((*reader)->info().step, 20);
        QCOMPARE((*reader)->state(), first->state);
        QCOMPARE((*reader)->tensors().size(), count);
        for (const int i : {0, 17, count - 1}) { // one by one, in any order
            QVERIFY((*reader)->tensors()[i] == first->tensors[i].info);
            QByteArray values(first->tensors[i].info.bytes, '\0');
            REQUIRE_OK((*reader)->read(i, values.data()));
            QVERIFY(values == QByteArray::fromRawData(first->tensors[i].values, values.size()));
        }
    }
    writer->reset();
    notebook.reset();
    // What was replaced is gone.
    QCOMPARE(rowsOf(path(), QStringLiteral("run_checkpoint")), 1);
    QCOMPARE(rowsOf(path(), QStringLiteral("tensor")), count);
    QCOMPARE(rowsOf(path(), QStringLiteral("tensor_chunk")), 2 * count);
}

void WeightsTest::anyNumberOfCheckpoints() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    for (const qint64 epoch : {2, 4, 6}) {
        (*writer)->checkpoint(packed(CheckpointKind::Last, epoch, epoch * 10, "last"));
        (*writer)->checkpoint(
            packed(CheckpointKind::Epoch, epoch, epoch * 10, QByteArray(4, char('0' + epoch))));
    }
    (*writer)->checkpoint(packed(CheckpointKind::Best, 4, 40, "best"));
    (*writer)->checkpoint(packed(CheckpointKind::Manual, 4, 44, "hand"));
    REQUIRE_OK(notebook->flush());
    const auto infos = notebook->checkpoints({1});
    REQUIRE_OK(infos);
    QStringList told;
    for (const CheckpointInfo& info : *infos)
        told << checkpointKindKey(info.kind) + QString::number(info.step);
    QCOMPARE(told.join(QLatin1Char(' ')), QStringLiteral("best40 last60 epoch20 epoch40 manual44 epoch60"));
    const auto second = notebook->openCheckpoint(infos->at(3).id);
    REQUIRE_OK(second);
    QCOMPARE((*second)->run().value, 1);
    QByteArray values(4, '\0');
    REQUIRE_OK((*second)->read(0, values.data()));
    QCOMPARE(values, QByteArray("4444"));
    const auto none = notebook->openCheckpoint(CheckpointId{99});
    QVERIFY(!none && none.error().kind == StorageError::Kind::NotFound);
}

/// Of a program that was killed in the middle of a large one.
void WeightsTest::unfinishedCheckpointsGo() {
    {
        auto notebook = open();
        auto writer = notebook->startRun(sampleStart());
        REQUIRE_OK(writer);
        (*writer)->checkpoint(packed(CheckpointKind::Last, 1, 10, "last"));
        REQUIRE_OK((*writer)->finish(RunState::Stopped, 1));
    }
    {
        auto database = Database::open(path(), Database::Mode::Write);
        REQUIRE_OK(database);
        CheckpointWriter half({1}, largeCheckpoint(CheckpointKind::Last, 20, 30));
        const auto whole = half.writeSlice(*database);
        REQUIRE_OK(whole);
        QVERIFY(!*whole);
    }
    {
        auto notebook = open();
        QCOMPARE(notebook->checkpoints({1})->size(), 1);
        QCOMPARE(notebook->checkpoints({1})->first().step, 10);
    }
    QCOMPARE(rowsOf(path(), QStringLiteral("run_checkpoint")), 1);
    QCOMPARE(rowsOf(path(), QStringLiteral("tensor_chunk")), 1);
}

void WeightsTest::exchangedChunksAreFoundOut() {
    {
        auto notebook = open();
        auto writer = notebook->startRun(sampleStart());
        REQUIRE_OK(writer);
        (*writer)->checkpoint(largeCheckpoint(CheckpointKind::Last, 10, 2));
        REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    }
    {
        auto database = Database::open(path(), Database::Mode::Write);
        REQUIRE_OK(database);
        for (const QString& sql :
             {QStringLiteral(
                  "UPDATE tensor_chunk SET tensor = 3 - tensor, place = place + 10 WHERE place = 0"),
              QStringLiteral("UPDATE tensor_chunk SET place = 0 WHERE place = 10")})
            REQUIRE_OK(database->run(sql));
    }
    auto notebook = open();
    const auto exchanged = bytesOf(*notebook, {1}, CheckpointKind::Last);
    QVERIFY(!exchanged && exchanged.error().kind == StorageError::Kind::Damaged);
}

void WeightsTest::neverAheadOfTheCurve() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    const RunId id = (*writer)->id();
    std::atomic<bool> stop = false;
    std::thread trainer([&] {
        for (qint64 step = 1; !stop; ++step) {
            writeStep(**writer, step, lossOf(step), 0.5f);
            (*writer)->epoch(epochRow(step, step, 1, 1, 1, 1, 1, 1));
            (*writer)->checkpoint(packed(CheckpointKind::Last, step, step, "last"));
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
    });
    QString ahead;
    qint64 seen = 0;
    QElapsedTimer timer;
    timer.start();
    while ((timer.elapsed() < 2000 || (seen == 0 && timer.elapsed() < burdock::test::patience)) &&
           ahead.isEmpty()) {
        const auto infos = notebook->checkpoints(id);
        const auto run = notebook->run(id); // read later, so that its curve can only be longer
        if (!infos || !run || infos->isEmpty()) continue;
        const CheckpointInfo& info = infos->first();
        seen = std::max(seen, info.step);
        if (info.step > run->steps || info.epoch > run->epochs)
            ahead = QStringLiteral("weights of step %1 beside %2 steps and %3 epochs")
                        .arg(info.step)
                        .arg(run->steps)
                        .arg(run->epochs);
    }
    stop = true;
    trainer.join();
    QVERIFY2(ahead.isEmpty(), qPrintable(ahead));
    QVERIFY(seen > 0);
}

QTEST_GUILESS_MAIN(WeightsTest)
#include "weights_test.moc"
