#include "support.h"

#include "storage/database/database.h"
#include "storage/notebook/schema.h"
#include "support/several.h"

#include <QRandomGenerator>

#include <cstring>

using namespace burdock::storage;
using Kind = StorageError::Kind;

namespace {

// Everything that a notebook tells, as text; "damage told" if it tells of any damage.
QString everything(Notebook& notebook) {
    QStringList told;
    bool damage = notebook.damage().has_value();
    const auto runs = notebook.runs(true);
    const auto models = notebook.models();
    if (!runs || !models) return QStringLiteral("damage told");
    for (const RunSummary& run : *runs) {
        damage |= run.damaged;
        told << QString::number(run.id.value) << run.start.name << QString::fromUtf8(run.start.graphJson)
             << QString::fromUtf8(run.start.configJson) << run.start.datasetSha256 << runStateKey(run.state)
             << QString::number(summaryOf(run, validationLoss).last) << QString::number(run.steps)
             << run.notes << run.tags << run.startedAt.toString(Qt::ISODateWithMs) << run.start.machine;
        const auto epochs = notebook.epochs(run.id);
        const auto steps = notebook.steps(run.id);
        const auto infos = notebook.checkpoints(run.id);
        if (!epochs || !steps || !infos || steps->damagedChunks > 0) return QStringLiteral("damage told");
        for (const EpochRow& epoch : *epochs) {
            damage |= epoch.damaged;
            told << QString::number(epoch.epoch) << QString::number(valueOf(epoch.values, trainLoss));
        }
        for (const StepSeries& series : steps->series) {
            told << series.name;
            for (const float value : series.values)
                told << QString::number(value);
        }
        for (const CheckpointKind kind : {CheckpointKind::Best, CheckpointKind::Last}) {
            const auto data = bytesOf(notebook, run.id, kind);
            if (!data) return QStringLiteral("damage told");
            told << QString::fromLatin1(*data);
        }
    }
    for (const ModelRow& model : *models) {
        damage |= model.damaged;
        told << model.name << QString::fromUtf8(model.graphJson);
    }
    return damage ? QStringLiteral("damage told") : told.join(QLatin1Char('|'));
}

} // namespace

class DamageTest : public FolderTest {
    Q_OBJECT

  private slots:
    void aLogOfAnotherFileIsPutAside();
    void refusesForeignFiles();
    void refusesNewerFiles();
    void refusesTruncatedFiles();
    void emptyFileBecomesANotebook();
    void tellsOfEveryFlippedBit();
    void damagedChunkSparesTheRest();
    void damagedWeightsSpareTheRest();
    void deletedFileLeavesNoGhost();
    void sealedNonsenseIsTold();
    void sealedNumbersOutOfRangeAreTold();

  private:
    QByteArray sampleBytes();
    void refusesUntouched(const QByteArray& bytes, Kind kind, Access access = Access::ReadWrite);
};

QByteArray DamageTest::sampleBytes() {
    {
        auto notebook = open();
        for (int i = 0; i < 3; ++i) {
            auto writer = notebook->startRun(sampleStart(QStringLiteral("run %1").arg(i)));
            if (!writer) return {};
            for (qint64 step = 1; step <= 700; ++step)
                writeStep(**writer, step, lossOf(step), 0.5f);
            (*writer)->epoch(epochRow(1, 700, 0.9, 0.6, 0.8, 0.7, 1000.0, 2.5));
            (*writer)->checkpoint(packed(CheckpointKind::Best, 1, 700, QByteArray(6000, char('a' + i))));
            (*writer)->checkpoint(packed(CheckpointKind::Last, 1, 700, QByteArray(500, char('A' + i))));
            if (!(*writer)->finish(RunState::Finished, 1)) return {};
        }
        if (!notebook->saveModel({{}, QStringLiteral("model"), "{graph}", "{settings}", {}})) return {};
    }
    return contents(path());
}

void DamageTest::refusesUntouched(const QByteArray& bytes, Kind kind, Access access) {
    const QString file = path(QStringLiteral("refused.burdock"));
    QVERIFY(setContents(file, bytes));
    const QStringList before = filesIn(folder());
    const auto refused = Notebook::open(file, access);
    QVERIFY(!refused);
    QVERIFY2(refused.error().kind == kind, qPrintable(refused.error().oneLine()));
    QVERIFY(!refused.error().what.isEmpty() && !refused.error().mend.isEmpty());
    QCOMPARE(refused.error().where, file);
    QVERIFY(contents(file) == bytes);
    QCOMPARE(filesIn(folder()), before);
}

void DamageTest::refusesForeignFiles() {
    refusesUntouched("Just a text.", Kind::Foreign);
    refusesUntouched(QByteArray("\x89PNG\r\n\x1a\n") + QByteArray(5000, 'x'), Kind::Foreign);
    refusesUntouched(QByteArray(8192, '\0'), Kind::Foreign);
    const QString other = path(QStringLiteral("other.sqlite"));
    {
        auto database = Database::open(other, Database::Mode::Write);
        REQUIRE_OK(database);
        REQUIRE_OK(database->run(QStringLiteral("CREATE TABLE run (id INTEGER PRIMARY KEY)")));
    }
    refusesUntouched(contents(other), Kind::Foreign);
    {
        auto database = Database::open(other, Database::Mode::Write);
        REQUIRE_OK(database);
        REQUIRE_OK(database->run(QStringLiteral("PRAGMA application_id = 252006673")));
        REQUIRE_OK(database->run(QStringLiteral("PRAGMA journal_mode = WAL")));
    }
    refusesUntouched(contents(other), Kind::Foreign);
    refusesUntouched(contents(other), Kind::Foreign, Access::ReadOnly);
}

void DamageTest::refusesNewerFiles() {
    QByteArray bytes = sampleBytes();
    for (const char version : {static_cast<char>(notebookFormat().newestVersion() + 1), '\x7f'}) {
        bytes[63] = version; // user_version, big-endian, ends here
        refusesUntouched(bytes, Kind::Newer);
        refusesUntouched(bytes, Kind::Newer, Access::ReadOnly);
    }
}

void DamageTest::refusesTruncatedFiles() {
    const QByteArray bytes = sampleBytes();
    QVERIFY(bytes.size() > 60'000);
    QVector<qsizetype> lengths{1, 8, 15, 16, 17, 63, 99, 100, 101, 511, 4095, 4096, 4097, bytes.size() - 1};
    for (qsizetype length = 8192; length < bytes.size(); length += 4096)
        lengths << length << length + 1234;
    for (const qsizetype length : lengths) {
        if (length >= bytes.size()) continue;
        refusesUntouched(bytes.first(length), Kind::Damaged);
        if (QTest::currentTestFailed()) qFatal("cut after %lld bytes", static_cast<long long>(length));
    }
}

void DamageTest::emptyFileBecomesANotebook() {
    QVERIFY(setContents(path(), {}));
    REQUIRE_OK(open()->setSetting(QStringLiteral("a"), QStringLiteral("b")));
    QCOMPARE(open()->setting(QStringLiteral("a")), QStringLiteral("b"));
}

void DamageTest::tellsOfEveryFlippedBit() {
    const QByteArray bytes = sampleBytes();
    const QString whole = everything(*open());
    QVERIFY(whole != QStringLiteral("damage told"));
    const QString file = path(QStringLiteral("flipped.burdock"));
    QRandomGenerator random(20240607);
    int refusals = 0, tellings = 0, harmless = 0;
    for (int i = 0; i < 700; ++i) {
        // The first hundred bytes and the page that holds the schema are the most delicate.
        const qsizetype at = i < 200 ? i / 2 : random.bounded(i < 300 ? qsizetype{4096} : bytes.size());
        QByteArray flipped = bytes;
        flipped[at] = char(flipped[at] ^ (1 << random.bounded(8)));
        QVERIFY(setContents(file, flipped));
        const auto notebook = Notebook::open(file, i % 4 == 3 ? Access::ReadWrite : Access::ReadOnly);
        if (!notebook) {
            ++refusals;
            QVERIFY2(contents(file) == flipped, qPrintable(QStringLiteral("byte %1").arg(at)));
            QVERIFY(notebook.error().kind != Kind::Internal);
            continue;
        }
        const QString told = everything(**notebook);
        ++(told == whole ? harmless : tellings);
        QVERIFY2(told == whole || told == QStringLiteral("damage told"),
                 qPrintable(QStringLiteral("silent damage at byte %1").arg(at)));
    }
    qInfo("%d refused, %d opened and told, %d harmless (unused bytes)", refusals, tellings, harmless);
    QVERIFY(refusals > 50 && tellings > 50);
}

void DamageTest::damagedChunkSparesTheRest() {
    QByteArray bytes = sampleBytes();
    std::array<float, 3> pattern{lossOf(10), lossOf(11), lossOf(12)};
    QByteArray needle(sizeof pattern, '\0');
    std::memcpy(needle.data(), pattern.data(), sizeof pattern);
    const qsizetype at = bytes.indexOf(needle);
    QVERIFY(at > 0);
    bytes[at] = char(bytes[at] ^ 1);
    QVERIFY(setContents(path(), bytes));
    auto notebook = open();
    QVERIFY(!notebook->isReadOnly());
    int damagedRuns = 0;
    for (const RunId id : {RunId{1}, RunId{2}, RunId{3}}) {
        const auto steps = notebook->steps(id);
        REQUIRE_OK(steps);
        damagedRuns += steps->damagedChunks;
        if (steps->damagedChunks == 0) QCOMPARE(valuesOf(*steps, trainLoss).size(), 700);
        REQUIRE_OK(bytesOf(*notebook, id, CheckpointKind::Best));
        QVERIFY(!notebook->run(id)->damaged);
    }
    QCOMPARE(damagedRuns, 1);
}

void DamageTest::damagedWeightsSpareTheRest() {
    QByteArray bytes = sampleBytes();
    const qsizetype at = bytes.indexOf(QByteArray(300, 'b'));
    QVERIFY(at > 0);
    bytes[at + 100] = 'c';
    QVERIFY(setContents(path(), bytes));
    auto notebook = open();
    const auto refused = bytesOf(*notebook, {2}, CheckpointKind::Best);
    QVERIFY(!refused && refused.error().kind == Kind::Damaged);
    QVERIFY(refused.error().oneLine().contains(QStringLiteral("run 2")));
    REQUIRE_OK(bytesOf(*notebook, {2}, CheckpointKind::Last));
    REQUIRE_OK(bytesOf(*notebook, {1}, CheckpointKind::Best));
    QCOMPARE(valuesOf(*notebook->steps({2}), trainLoss).size(), 700);
}

void DamageTest::deletedFileLeavesNoGhost() {
    // A log without its notebook, as after a kill and `rm a.burdock`.
    {
        auto notebook = open();
        REQUIRE_OK(notebook->setSetting(QStringLiteral("a"), QStringLiteral("old")));
        QVERIFY(QFile::copy(path(QStringLiteral("a.burdock-wal")), path(QStringLiteral("log"))));
    }
    QVERIFY(QFile::remove(path()));
    QVERIFY(QFile::rename(path(QStringLiteral("log")), path(QStringLiteral("a.burdock-wal"))));
    const QByteArray log = contents(path(QStringLiteral("a.burdock-wal")));
    auto notebook = open();
    QCOMPARE(notebook->setting(QStringLiteral("a"), QStringLiteral("none")), QStringLiteral("none"));
    // It may have been all that was left of somebody's run: its user is told where it lies.
    const QStringList aside = filesIn(folder()).filter(QStringLiteral("-wal.left-"));
    QCOMPARE(aside.size(), 1);
    QCOMPARE(contents(path(aside.first())), log);
    QCOMPARE(notebook->notTakenIn().size(), 1);
    QVERIFY(notebook->notTakenIn().first().contains(aside.first()));
    notebook.reset();
    QVERIFY(open()->notTakenIn().isEmpty());
}

// A seal says that a row is as it was written, not that Burdock wrote it.
void DamageTest::sealedNonsenseIsTold() {
    auto notebook = open();
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1, {}, {}, "{"));
    const auto run = notebook->run((*writer)->id());
    REQUIRE_OK(run);
    QVERIFY(run->damaged);
}

/// What no run can have counted is told, and nobody reckons or makes room with it.
void DamageTest::sealedNumbersOutOfRangeAreTold() {
    sampleBytes();
    const qint64 one = 1;
    auto database = Database::open(path(), Database::Mode::Write);
    REQUIRE_OK(database);
    for (const auto& [column, value] :
         {std::pair("steps", QVariant(qint64(-1))), std::pair("epochs", QVariant(qint64{1} << 60)),
          std::pair("seconds", QVariant(-1.0)), std::pair("best_epoch", QVariant(qint64(-5))),
          std::pair("started_at", QVariant(QStringLiteral("soon")))}) {
        const QString name = QString::fromLatin1(column);
        const auto before = database->value(QStringLiteral("SELECT %1 FROM run WHERE id = 1").arg(name));
        REQUIRE_OK(before);
        REQUIRE_OK(updateRow(*database, runTable(), one, {{name, value}}));
        const auto run = open()->run({one});
        REQUIRE_OK(run);
        QVERIFY2(run->damaged, column);
        QVERIFY(run->steps >= 0 && run->epochs >= 0 && run->epochs < 1000 && run->seconds >= 0);
        QVERIFY(!run->bestEpoch || *run->bestEpoch >= 0);
        REQUIRE_OK(updateRow(*database, runTable(), one, {{name, *before}}));
        QVERIFY2(!open()->run({one})->damaged, column);
    }
    REQUIRE_OK(updateRow(*database, setupTable(), one, {{QStringLiteral("steps_per_epoch"), qint64(-3)}}));
    QVERIFY(open()->run({one})->damaged);
    QCOMPARE(open()->run({one})->start.stepsPerEpoch, 0);
    REQUIRE_OK(updateRow(*database, epochTable(), one, {{QStringLiteral("epoch"), qint64(-1)}}));
    const auto epochs = open()->epochs({one});
    REQUIRE_OK(epochs);
    QVERIFY(epochs->first().damaged && epochs->first().epoch == 0);
    // An array of a terabyte, of which nothing is there.
    const qint64 huge = qint64{1} << 40;
    const auto best =
        database->value(QStringLiteral("SELECT id FROM run_checkpoint WHERE run = 2 AND kind = 'best'"));
    REQUIRE_OK(best);
    const auto tensor =
        database->value(QStringLiteral("SELECT id FROM tensor WHERE checkpoint = ?"), {*best});
    REQUIRE_OK(tensor);
    REQUIRE_OK(
        updateRow(*database, checkpointTable(), best->toLongLong(), {{QStringLiteral("bytes"), huge}}));
    REQUIRE_OK(
        updateRow(*database, tensorTable(), tensor->toLongLong(),
                  {{QStringLiteral("bytes"), huge}, {QStringLiteral("dims"), QString::number(huge / 4)}}));
    const auto refused = open()->openCheckpoint(RunId{2}, CheckpointKind::Best);
    QVERIFY(!refused && refused.error().kind == Kind::Damaged);
    REQUIRE_OK(
        updateRow(*database, checkpointTable(), best->toLongLong(), {{QStringLiteral("step"), qint64(-9)}}));
    // It is not one of none: whoever looks for it sees what has become of it.
    const auto infos = open()->checkpoints({2});
    REQUIRE_OK(infos);
    QCOMPARE(infos->size(), 2);
    QVERIFY(infos->at(0).damaged && infos->at(0).step == 0 && infos->at(0).bytes == huge);
    QVERIFY(!infos->at(1).damaged);
    REQUIRE_OK(database->run(QStringLiteral("UPDATE run_checkpoint SET epoch = 77 WHERE run = 1")));
    const auto unsealed = open()->checkpoints({1});
    REQUIRE_OK(unsealed);
    QCOMPARE(unsealed->size(), 2);
    QVERIFY(unsealed->at(0).damaged && unsealed->at(1).damaged);
}

/// A killed program leaves a log, and then another notebook comes into that place.
void DamageTest::aLogOfAnotherFileIsPutAside() {
    const auto fill = [](Notebook& notebook, int runs) {
        for (int i = 0; i < runs; ++i) {
            auto writer = notebook.startRun(sampleStart(QStringLiteral("run %1").arg(i)));
            REQUIRE_OK(writer);
            for (qint64 step = 1; step <= 50; ++step)
                writeStep(**writer, step, lossOf(step), 0.5f);
            (*writer)->epoch(epochRow(1, 50, 1, 1, 1, 1, 1, 1));
            for (const CheckpointKind kind : {CheckpointKind::Best, CheckpointKind::Last})
                (*writer)->checkpoint(packed(kind, 1, 50, QByteArray(100'000, 'w')));
            REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
        }
    };
    const QString other = path(QStringLiteral("other.burdock")), log = path() + QStringLiteral("-wal");
    QByteArray left;
    {
        auto notebook = open();
        fill(*notebook, 2);
        left = contents(log);
        QVERIFY(left.size() > 100'000);
    }
    QString before;
    {
        auto notebook = Notebook::open(other);
        REQUIRE_OK(notebook);
        fill(**notebook, 5);
        before = everything(**notebook);
        QVERIFY(before != QStringLiteral("damage told"));
    }
    QVERIFY(QFile::remove(path()) && QFile::copy(other, path()));
    QVERIFY(setContents(log, left));
    {
        auto notebook = open();
        QVERIFY(!notebook->damage() && !notebook->isReadOnly());
        QCOMPARE(notebook->notTakenIn().size(), 1);
        QCOMPARE(everything(*notebook), before);
    }
    const QStringList aside = filesIn(folder()).filter(QStringLiteral("-wal.left-"));
    QCOMPARE(aside.size(), 1);
    QCOMPARE(contents(path(aside.first())), left);
    QVERIFY(open()->notTakenIn().isEmpty());
}

ADD_TEST_CLASS(DamageTest)

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    return burdock::test::runClasses(argc, argv);
}
#include "damage_test.moc"
