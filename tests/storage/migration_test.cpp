#include "support.h"

#include "storage/database/file_history.h"
#include "storage/database/file_opener.h"
#include "storage/database/table.h"
#include "storage/notebook/schema.h"

#include <QCryptographicHash>
#include <QSqlQuery>
#include <QVariant>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace burdock::storage;

namespace {

FileFormat with(const QVector<QStringList>& later) {
    FileFormat format = notebookFormat();
    for (const QStringList& statements : later)
        format.migrations << Migration{
            format.newestVersion() + 1, QStringLiteral("a test's step"),
            [statements](Database& database) { return runStatements(database, statements); }};
    return format;
}

const QStringList addColumn{QStringLiteral("ALTER TABLE run ADD COLUMN colour TEXT"),
                            QStringLiteral("UPDATE run SET colour = 'green'")};
const QStringList failing{QStringLiteral("CREATE TABLE half (id INTEGER PRIMARY KEY)"),
                          QStringLiteral("INSERT INTO no_such_table VALUES (1)")};

Table table(const char* name, const char* columns) {
    return Table{QString::fromLatin1(name), QString::fromLatin1(columns).split(QLatin1Char(' '))};
}

// A run's row as formats 1 to 4 have it.
Outcome<RunId> addOldRun(Database& database) {
    const QString none = QStringLiteral("");
    const auto key = insertRow(
        database,
        table("run",
              "id name state started_at heartbeat_at owner seconds epochs steps problem notes tags deleted"),
        {{QStringLiteral("name"), QStringLiteral("old")},
         {QStringLiteral("state"), QStringLiteral("stopped")},
         {QStringLiteral("started_at"), QStringLiteral("2025-03-01T12:00:00.000Z")},
         {QStringLiteral("heartbeat_at"), none},
         {QStringLiteral("owner"), none},
         {QStringLiteral("seconds"), 1.0},
         {QStringLiteral("epochs"), 0},
         {QStringLiteral("steps"), 0},
         {QStringLiteral("problem"), none},
         {QStringLiteral("notes"), none},
         {QStringLiteral("tags"), QStringLiteral("[]")},
         {QStringLiteral("deleted"), 0}});
    if (!key) return refuse(key.error());
    return RunId{*key};
}

} // namespace

class MigrationTest : public FolderTest {
    Q_OBJECT

  private slots:
    void keepsABackupAndTheRows();
    void failureLeavesTheFile();
    void orphansAreRefused();
    void readOnlyIsNotMigrated();
    void backupOpensAsANotebook();
    void epochsWithoutALearningRateStayWhole();
    void weightsInOneFileAreRead();
    void opensWithAllCurves();
    void becomesKnown();
    void theSampleIsUpToDate();
    void damageStaysDamage();
    void damagedEpochsDoNotTakeTheRunsResult();

  private:
    bool makeRun() {
        auto notebook = open();
        auto writer = notebook->startRun(sampleStart());
        return writer && (*writer)->finish(RunState::Finished, 1);
    }
    /// One of that format, which holds a run.
    Outcome<Database> oldNotebook(int version, RunId& id) const {
        FileFormat before = notebookFormat();
        before.migrations.resize(version);
        if (const auto opened = openFile(path(), Access::ReadWrite, before); !opened)
            return refuse(opened.error());
        auto database = Database::open(path(), Database::Mode::Write);
        if (!database) return database;
        const auto run = addOldRun(*database);
        if (!run) return refuse(run.error());
        id = *run;
        return database;
    }
    QStringList backups() const { return filesIn(folder()).filter(QStringLiteral(".backup")); }
};

void MigrationTest::keepsABackupAndTheRows() {
    QVERIFY(makeRun());
    {
        const auto opened = openFile(path(), Access::ReadWrite, with({addColumn, {}}));
        REQUIRE_OK(opened);
        QVERIFY(!opened->readOnly);
        QVERIFY(QFile::exists(opened->backup));
        QCOMPARE(backups().size(), 1);
        auto database = Database::open(path(), Database::Mode::Read);
        REQUIRE_OK(database);
        QCOMPARE(database->value(QStringLiteral("PRAGMA user_version"))->toInt(),
                 notebookFormat().newestVersion() + 2);
        QCOMPARE(database->value(QStringLiteral("SELECT colour FROM run"))->toString(),
                 QStringLiteral("green"));
    }
    {
        const auto again = openFile(path(), Access::ReadWrite, with({addColumn, {}}));
        REQUIRE_OK(again);
        QVERIFY(again->backup.isEmpty()); // nothing to do
    }
    const auto older = Notebook::open(path());
    QVERIFY(!older && older.error().kind == StorageError::Kind::Newer);
}

void MigrationTest::failureLeavesTheFile() {
    QVERIFY(makeRun());
    const QByteArray before = contents(path());
    const auto refused = openFile(path(), Access::ReadWrite, with({addColumn, failing}));
    QVERIFY(!refused);
    QVERIFY(refused.error().oneLine().contains(
        QStringLiteral("version %1").arg(notebookFormat().newestVersion() + 2)));
    QVERIFY(contents(path()) == before);
    QCOMPARE(backups().size(), 1);
    QCOMPARE(filesIn(folder()).size(), 2);
    auto notebook = open();
    QCOMPARE(notebook->runs()->size(), 1);
    QVERIFY(!notebook->runs()->first().damaged);
}

void MigrationTest::orphansAreRefused() {
    QVERIFY(makeRun());
    const QByteArray before = contents(path());
    const auto refused = openFile(path(), Access::ReadWrite, with({{QStringLiteral("DELETE FROM run")}}));
    QVERIFY(!refused);
    QVERIFY(refused.error().oneLine().contains(QStringLiteral("run_setup")));
    QVERIFY(contents(path()) == before);
}

void MigrationTest::readOnlyIsNotMigrated() {
    QVERIFY(makeRun());
    const QByteArray before = contents(path());
    const auto refused = openFile(path(), Access::ReadOnly, with({addColumn}));
    QVERIFY(!refused && refused.error().kind == StorageError::Kind::ReadOnly);
    QVERIFY(contents(path()) == before);
    QVERIFY(backups().isEmpty());
}

void MigrationTest::backupOpensAsANotebook() {
    QVERIFY(makeRun());
    const auto opened = openFile(path(), Access::ReadWrite, with({addColumn}));
    REQUIRE_OK(opened);
    {
        auto readOnly = Notebook::open(opened->backup, Access::ReadOnly);
        REQUIRE_OK(readOnly);
        QCOMPARE((*readOnly)->runs()->size(), 1);
    }
    auto notebook = Notebook::open(opened->backup);
    REQUIRE_OK(notebook);
    QVERIFY(!(*notebook)->runs()->first().damaged);
    // It is written with a log again, so that readers and the writer do not wait for each other.
    REQUIRE_OK((*notebook)->setSetting(QStringLiteral("a"), QStringLiteral("b")));
    QVERIFY(QFile::exists(opened->backup + QStringLiteral("-wal")));
}

void MigrationTest::epochsWithoutALearningRateStayWhole() {
    RunId id;
    {
        auto database = oldNotebook(2, id);
        REQUIRE_OK(database);
        const Table epochs = table("run_epoch", "id run epoch step train_loss");
        REQUIRE_OK(insertRow(*database, epochs,
                             {{QStringLiteral("run"), id.value},
                              {QStringLiteral("epoch"), 1},
                              {QStringLiteral("step"), 10},
                              {QStringLiteral("train_loss"), 0.5}}));
    }
    auto notebook = open();
    QCOMPARE(backups().size(), 1);
    const auto epochs = notebook->epochs(id);
    REQUIRE_OK(epochs);
    QCOMPARE(epochs->size(), 1);
    QVERIFY(!epochs->first().damaged);
    QCOMPARE(valueOf(epochs->first().values, trainLoss), 0.5);
    QVERIFY(std::isnan(valueOf(epochs->first().values, QStringLiteral("learning_rate"))));
}

// A notebook that a Burdock of format 3 wrote: two runs of an MLP on iris, three epochs of four steps each.
void MigrationTest::opensWithAllCurves() {
    struct Old {
        qint64 id;
        QVector<float> losses, accuracies;
        QVector<QVector<double>> epochs;
        QVector<double> figures;
    };
    QVector<Old> before;
    QVERIFY(QFile::copy(QStringLiteral(FORMAT3), path()));
    QVERIFY(QFile::setPermissions(path(), QFile::ReadOwner | QFile::WriteOwner));
    {
        auto database = Database::open(path(), Database::Mode::Read);
        REQUIRE_OK(database);
        REQUIRE_OK(database->each(
            QStringLiteral("SELECT id, validation_loss, best_validation_loss, validation_accuracy, "
                           "best_validation_accuracy, test_loss, test_accuracy FROM run"),
            {}, [&](const QSqlQuery& row) {
                Old run{row.value(0).toLongLong(), {}, {}, {}, {}};
                for (int i = 1; i < 7; ++i)
                    run.figures << row.value(i).toDouble();
                before << run;
            }));
        for (Old& run : before) {
            REQUIRE_OK(database->each(
                QStringLiteral("SELECT train_loss, train_accuracy, validation_loss, validation_accuracy, "
                               "learning_rate, seconds FROM run_epoch WHERE run = ? ORDER BY epoch"),
                {run.id}, [&](const QSqlQuery& row) {
                    run.epochs.append(QVector<double>());
                    for (int i = 0; i < 6; ++i)
                        run.epochs.last() << row.value(i).toDouble();
                }));
            REQUIRE_OK(database->each(QStringLiteral("SELECT steps, data FROM run_chunk WHERE run = ?"),
                                      {run.id}, [&](const QSqlQuery& row) {
                                          const qint64 count = row.value(0).toLongLong();
                                          const QByteArray data = row.value(1).toByteArray();
                                          run.losses.resize(count);
                                          run.accuracies.resize(count);
                                          const auto bytes = static_cast<std::size_t>(count) * sizeof(float);
                                          std::memcpy(run.losses.data(), data.constData(), bytes);
                                          std::memcpy(run.accuracies.data(), data.constData() + bytes, bytes);
                                      }));
        }
    }
    QCOMPARE(before.size(), 2);
    auto notebook = open();
    QCOMPARE(backups().size(), 1);
    for (const Old& old : before) {
        const auto run = notebook->run({old.id});
        REQUIRE_OK(run);
        QVERIFY(!run->damaged);
        const SeriesSummary loss = summaryOf(*run, validationLoss);
        const SeriesSummary accuracy = summaryOf(*run, validationAccuracy);
        QCOMPARE((QVector<double>{loss.last, loss.least, accuracy.last, accuracy.greatest,
                                  valueOf(run->test, QStringLiteral("test.loss")),
                                  valueOf(run->test, QStringLiteral("test.accuracy"))}),
                 old.figures);
        const auto epochs = notebook->epochs({old.id});
        REQUIRE_OK(epochs);
        QCOMPARE(epochs->size(), 3);
        for (qsizetype i = 0; i < 3; ++i) {
            const EpochRow& row = epochs->at(i);
            QVERIFY(!row.damaged);
            QCOMPARE(
                (QVector<double>{valueOf(row.values, trainLoss), valueOf(row.values, trainAccuracy),
                                 valueOf(row.values, validationLoss), valueOf(row.values, validationAccuracy),
                                 valueOf(row.values, QStringLiteral("learning_rate")), row.seconds}),
                old.epochs[i]);
        }
        QVERIFY(run->bestEpoch && epochs->at(*run->bestEpoch - 1).best);
        const auto curves = notebook->steps({old.id});
        REQUIRE_OK(curves);
        QCOMPARE(curves->damagedChunks, 0);
        QCOMPARE(old.losses.size(), 12);
        QCOMPARE(valuesOf(*curves, trainLoss), old.losses);
        QCOMPARE(valuesOf(*curves, trainAccuracy), old.accuracies);
        REQUIRE_OK(bytesOf(*notebook, {old.id}, CheckpointKind::Best));
    }
}

/// One that a Burdock of format 5 wrote, as the one above; nothing told whose it was but its runs. Brought up
/// to date twice it is two notebooks, each of which is known by itself.
void MigrationTest::becomesKnown() {
    const QString second = path(QStringLiteral("second.burdock"));
    QVector<FileHistory> known;
    for (const QString& file : {path(), second}) {
        QVERIFY(setContents(file, contents(QStringLiteral(FORMAT5))));
        {
            const auto before = Database::open(file, Database::Mode::Read);
            REQUIRE_OK(before);
            QVERIFY(FileHistory::of(*before).isEmpty());
        }
        const auto opened = Notebook::open(file);
        REQUIRE_OK(opened);
        const Notebook& notebook = **opened;
        for (const qint64 id : {1, 2}) {
            const auto run = notebook.run({id});
            REQUIRE_OK(run);
            QVERIFY(!run->damaged && run->state == RunState::Finished && run->tested(u"test.accuracy"));
            const auto epochs = notebook.epochs({id});
            REQUIRE_OK(epochs);
            QCOMPARE(epochs->size(), 3);
            QVERIFY(std::none_of(epochs->begin(), epochs->end(), [](const auto& e) { return e.damaged; }));
            const auto curves = notebook.steps({id});
            REQUIRE_OK(curves);
            QCOMPARE(curves->damagedChunks, 0);
            QCOMPARE(valuesOf(*curves, trainLoss).size(), 12);
            for (const CheckpointKind kind : {CheckpointKind::Best, CheckpointKind::Last})
                REQUIRE_OK(bytesOf(notebook, {id}, kind));
        }
        const auto now = Database::open(file, Database::Mode::Read);
        REQUIRE_OK(now);
        known << FileHistory::of(*now);
        REQUIRE_OK((*opened)->setSetting(QStringLiteral("a"), QStringLiteral("b")));
        const FileHistory later = FileHistory::of(*now);
        QVERIFY(later.follows(known.last()) && !known.last().follows(later));
    }
    QCOMPARE(backups().size(), 2);
    QVERIFY(!known[0].isEmpty() && !known[1].isEmpty());
    QVERIFY(!known[0].follows(known[1]) && !known[1].follows(known[0]));
}

/// The first start finds nothing to migrate, and leaves no backup beside the user's notebook.
void MigrationTest::theSampleIsUpToDate() {
    QVERIFY(setContents(path(), contents(QStringLiteral(SAMPLE))));
    const auto notebook = Notebook::open(path());
    REQUIRE_OK(notebook);
    QVERIFY(!(*notebook)->damage() && !(*notebook)->runs()->isEmpty());
    QVERIFY(backups().isEmpty());
}

void MigrationTest::damageStaysDamage() {
    QVERIFY(QFile::copy(QStringLiteral(FORMAT3), path()));
    QVERIFY(QFile::setPermissions(path(), QFile::ReadOwner | QFile::WriteOwner));
    {
        auto database = Database::open(path(), Database::Mode::Write);
        REQUIRE_OK(database);
        REQUIRE_OK(runStatements(
            *database, {QStringLiteral("UPDATE run SET test_accuracy = 0.999 WHERE id = 1"),
                        QStringLiteral("UPDATE run_epoch SET train_loss = 0 WHERE run = 1 AND epoch = 2"),
                        QStringLiteral("UPDATE run_chunk SET data = zeroblob(96) WHERE run = 1")}));
    }
    auto notebook = open();
    QVERIFY(notebook->run({1})->damaged && !notebook->run({2})->damaged);
    const auto epochs = notebook->epochs({1});
    REQUIRE_OK(epochs);
    QVERIFY(!epochs->at(0).damaged && epochs->at(1).damaged && epochs->at(1).values.isEmpty());
    QVERIFY(notebook->steps({1})->damagedChunks > 0);
    QCOMPARE(notebook->steps({2})->damagedChunks, 0);
}

/// Where no epoch can be read any more, the run's own row still tells what it came to.
void MigrationTest::damagedEpochsDoNotTakeTheRunsResult() {
    QVERIFY(setContents(path(), contents(QStringLiteral(FORMAT3))));
    QVariant accuracy, best;
    {
        auto database = Database::open(path(), Database::Mode::Write);
        REQUIRE_OK(database);
        accuracy = *database->value(QStringLiteral("SELECT train_accuracy FROM run WHERE id = 1"));
        best = *database->value(QStringLiteral("SELECT best_validation_loss FROM run WHERE id = 1"));
        QVERIFY(accuracy.toDouble() > 0 && best.toDouble() > 0);
        REQUIRE_OK(database->run(QStringLiteral("UPDATE run_epoch SET train_loss = train_loss + 1")));
    }
    auto notebook = open();
    const auto run = notebook->run({1});
    REQUIRE_OK(run);
    QVERIFY(run->damaged); // its best epoch was changed
    QCOMPARE(summaryOf(*run, trainAccuracy).last, accuracy.toDouble());
    QCOMPARE(summaryOf(*run, validationLoss).least, best.toDouble());
}

void MigrationTest::weightsInOneFileAreRead() {
    const QByteArray file(3'000'000, 'w');
    RunId id;
    {
        auto database = oldNotebook(3, id);
        REQUIRE_OK(database);
        REQUIRE_OK(insertRow(*database, setupTable(),
                             {{QStringLiteral("run"), id.value},
                              {QStringLiteral("model_name"), QStringLiteral("CNN")},
                              {QStringLiteral("graph_json"), QByteArray("{}")},
                              {QStringLiteral("config_json"), QByteArray("{}")},
                              {QStringLiteral("dataset_id"), QStringLiteral("iris")},
                              {QStringLiteral("dataset_title"), QStringLiteral("Iris")},
                              {QStringLiteral("dataset_sha256"), QStringLiteral("00ff")},
                              {QStringLiteral("seed"), 1},
                              {QStringLiteral("parameters"), 1},
                              {QStringLiteral("steps_per_epoch"), 10},
                              {QStringLiteral("epochs_planned"), 3},
                              {QStringLiteral("program_version"), QStringLiteral("0.1.0")},
                              {QStringLiteral("machine"), QStringLiteral("two cores")}}));
        Table checkpoints = checkpointTable();
        checkpoints.columns.resize(8); // those after came with tensors
        for (const auto& [kind, step] : {std::pair("best", 10), std::pair("last", 20)}) {
            const auto key = insertRow(
                *database, checkpoints,
                {{QStringLiteral("run"), id.value},
                 {QStringLiteral("kind"), QString::fromLatin1(kind)},
                 {QStringLiteral("epoch"), step / 10},
                 {QStringLiteral("step"), step},
                 {QStringLiteral("bytes"), file.size()},
                 {QStringLiteral("sha256"), QCryptographicHash::hash(file, QCryptographicHash::Sha256)},
                 {QStringLiteral("saved_at"), QStringLiteral("2025-01-01T00:00:00.000Z")}});
            REQUIRE_OK(key);
            REQUIRE_OK(database->run(QStringLiteral("INSERT INTO weights (checkpoint, data) VALUES (?, ?)"),
                                     {*key, file}));
        }
    }
    auto notebook = open();
    QCOMPARE(backups().size(), 1);
    const auto infos = notebook->checkpoints(id);
    REQUIRE_OK(infos);
    QCOMPARE(infos->size(), 2);
    QCOMPARE(infos->at(1).step, 20);
    {
        const auto reader = notebook->openCheckpoint(id, CheckpointKind::Best);
        REQUIRE_OK(reader);
        QVERIFY((*reader)->isOneFile() && (*reader)->tensors().isEmpty());
        const auto bytes = (*reader)->oldFile();
        REQUIRE_OK(bytes);
        QVERIFY(*bytes == file);
    }
    // The run goes on: its new weights take the place of the old ones.
    auto writer = notebook->continueRun(id, 0, 10);
    REQUIRE_OK(writer);
    (*writer)->checkpoint(packed(CheckpointKind::Last, 3, 30, "last"));
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    QCOMPARE(notebook->checkpoints(id)->at(1).step, 30);
    writer->reset();
    notebook.reset();
    auto database = Database::open(path(), Database::Mode::Read);
    REQUIRE_OK(database);
    QCOMPARE(database->value(QStringLiteral("SELECT COUNT(*) FROM weights"))->toInt(), 1);
}

QTEST_GUILESS_MAIN(MigrationTest)
#include "migration_test.moc"
