#include "support.h"

#include "storage/database/file_opener.h"
#include "storage/database/table.h"
#include "storage/notebook/run_rows.h"
#include "storage/notebook/schema.h"

#include <QCryptographicHash>
#include <QVariant>

#include <cmath>

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

  private:
    bool makeRun() {
        auto notebook = open();
        auto writer = notebook->startRun(sampleStart());
        return writer && (*writer)->finish(RunState::Finished, 1, std::nullopt, std::nullopt);
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
    FileFormat before = notebookFormat();
    before.migrations.resize(2);
    RunId id;
    {
        const auto opened = openFile(path(), Access::ReadWrite, before);
        REQUIRE_OK(opened);
        auto database = Database::open(path(), Database::Mode::Write);
        REQUIRE_OK(database);
        const auto run = addRun(*database, sampleStart());
        REQUIRE_OK(run);
        id = *run;
        Table epochs = epochTable();
        epochs.columns.removeLast();
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
    QCOMPARE(epochs->first().trainLoss, 0.5);
    QVERIFY(std::isnan(epochs->first().learningRate));
}

void MigrationTest::weightsInOneFileAreRead() {
    FileFormat before = notebookFormat();
    before.migrations.resize(3);
    const QByteArray file(3'000'000, 'w');
    RunId id;
    {
        const auto opened = openFile(path(), Access::ReadWrite, before);
        REQUIRE_OK(opened);
        auto database = Database::open(path(), Database::Mode::Write);
        REQUIRE_OK(database);
        const auto run = addRun(*database, sampleStart());
        REQUIRE_OK(run);
        id = *run;
        REQUIRE_OK(writeEnd(*database, id, {RunState::Finished, 1, {}, {}, {}, {}}));
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
    auto writer = notebook->continueRun(id, 0, 0);
    REQUIRE_OK(writer);
    (*writer)->checkpoint(packed(CheckpointKind::Last, 3, 30, "last"));
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1, std::nullopt, std::nullopt));
    QCOMPARE(notebook->checkpoints(id)->at(1).step, 30);
    writer->reset();
    notebook.reset();
    auto database = Database::open(path(), Database::Mode::Read);
    REQUIRE_OK(database);
    QCOMPARE(database->value(QStringLiteral("SELECT COUNT(*) FROM weights"))->toInt(), 1);
}

QTEST_GUILESS_MAIN(MigrationTest)
#include "migration_test.moc"
