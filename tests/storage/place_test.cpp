#include "one_run.h"

#include "storage/database/file_opener.h"
#include "storage/notebook/rest.h"
#include "storage/notebook/run_writer.h"
#include "storage/notebook/schema.h"
#include "support/await.h"

#include <QThread>

#include <atomic>
#include <filesystem>
#include <thread>

using namespace burdock::storage;
using Kind = StorageError::Kind;

/// What happens to a run whose notebook is taken away, or cannot be written any more.
class PlaceTest : public OneRunTest {
    Q_OBJECT

    void keepsWhileOthersAsk(bool& asked, bool& opened);

  private slots:
    void cleanup() { writer_.reset(); }
    void deletedNotebook();
    void replacedNotebook();
    void movedNotebook();
    void movedAwayAndBack();
    void deletedFolder();
    void fullDisk();
    void forgottenWriterKeepsARest();
    void writtenOver_data();
    void writtenOver();
    void spoiltInTheMiddle();
    void touchedIsNotWrittenOver();
    void othersAreNotKeptWaiting();
    void secondNamesAreRefused();
    void strangersStatementsAreRefused();
    void strangersStatementsAreNotRun();
};

void PlaceTest::deletedNotebook() {
    auto notebook = open();
    beginRun(*notebook);
    QVERIFY(QFile::remove(path()));
    const auto read = notebook->openCheckpoint(RunId{1}, CheckpointKind::Best);
    QVERIFY(!read && read.error().kind == Kind::Moved);
    goOn(101, 200);
    AWAIT_VERIFY(writer_->error() && writer_->error()->kind == Kind::Moved);
    const QString rest = endsAsRest();
    QCOMPARE(QFileInfo(rest).absolutePath(), folder());
    QVERIFY(!QFile::exists(path()) && Notebook::isThere(path()));
    auto again = open(); // a new one, while the other object still holds the old
    QCOMPARE(again->takenIn().size(), 1);
    isWhole(*again, {1}, 200);
    QVERIFY(!QFile::exists(rest));
}

void PlaceTest::replacedNotebook() {
    {
        auto other = Notebook::open(path(QStringLiteral("other.burdock")));
        REQUIRE_OK(other);
        auto run = (*other)->startRun(sampleStart(QStringLiteral("another")));
        REQUIRE_OK(run);
        REQUIRE_OK((*run)->finish(RunState::Finished, 1));
    }
    auto notebook = open();
    beginRun(*notebook);
    std::filesystem::rename(path(QStringLiteral("other.burdock")).toStdString(), path().toStdString());
    // The other one has a run of that number too, which is not taken for ours.
    const auto read = notebook->run({1});
    QVERIFY(!read && read.error().kind == Kind::Moved);
    goOn(101, 200);
    endsAsRest();
    notebook.reset();
    auto again = open();
    QVERIFY(!again->damage());
    QCOMPARE(again->takenIn().size(), 1);
    QCOMPARE(again->run({1})->start.name, QStringLiteral("another"));
    isWhole(*again, {2}, 200);
}

void PlaceTest::movedNotebook() {
    auto notebook = open();
    beginRun(*notebook);
    const QString elsewhere = path(QStringLiteral("elsewhere.burdock"));
    QVERIFY(QFile::rename(path(), elsewhere));
    goOn(101, 200);
    endsAsRest();
    notebook.reset();
    {
        // It is whole up to there without the log, which bore its old name.
        auto moved = Notebook::open(elsewhere);
        REQUIRE_OK(moved);
        QCOMPARE(valuesOf(*(*moved)->steps({1}), trainLoss).size(), 100);
    }
    QVERIFY(QFile::rename(elsewhere, path()));
    auto again = open();
    QCOMPARE(again->runs()->size(), 1); // the rest goes into the run that is there
    isWhole(*again, {1}, 200);
}

/// It is the same file, but its log is gone: nobody says that another one has come.
void PlaceTest::movedAwayAndBack() {
    auto notebook = open();
    beginRun(*notebook);
    const QString elsewhere = path(QStringLiteral("elsewhere.burdock"));
    QVERIFY(QFile::rename(path(), elsewhere));
    const auto away = notebook->setNotes({1}, QStringLiteral("a"));
    QVERIFY(!away && !away.error().what.contains(QStringLiteral("has come")));
    QVERIFY(QFile::rename(elsewhere, path()));
    const auto back = notebook->setNotes({1}, QStringLiteral("b"));
    QVERIFY(!back);
    QVERIFY2(back.error().what.contains(QStringLiteral("has come back")), qPrintable(back.error().oneLine()));
    goOn(101, 200);
    endsAsRest();
    notebook.reset();
    isWhole(*open(), {1}, 200);
}

void PlaceTest::deletedFolder() {
    QTemporaryDir state;
    qputenv("XDG_STATE_HOME", QFile::encodeName(state.path()));
    const QString place = path(QStringLiteral("deep"));
    QVERIFY(QDir().mkpath(place));
    const QString file = place + QStringLiteral("/n.burdock");
    auto notebook = Notebook::open(file);
    REQUIRE_OK(notebook);
    beginRun(**notebook);
    QVERIFY(QDir(place).removeRecursively());
    goOn(101, 200);
    const QString rest = endsAsRest();
    QVERIFY2(rest.startsWith(state.path()), qPrintable(rest));
    notebook->reset();
    QVERIFY(QDir().mkpath(place));
    auto again = Notebook::open(file);
    REQUIRE_OK(again);
    QCOMPARE((*again)->takenIn().size(), 1);
    isWhole(**again, {1}, 200);
    qunsetenv("XDG_STATE_HOME");
}

void PlaceTest::fullDisk() {
    auto notebook = open();
    beginRun(*notebook);
    // The notebook is as large as a file may be; a new one has room.
    writer_->checkpoint(packed(CheckpointKind::Manual, 1, 100, QByteArray(2'000'000, 'w')));
    REQUIRE_OK(notebook->flush());
    auto disk = std::make_unique<FullDisk>(600 * 1024);
    writer_->checkpoint(packed(CheckpointKind::Epoch, 1, 150, QByteArray(300'000, 'e')));
    goOn(101, 200);
    writer_->checkpoint(packed(CheckpointKind::Manual, 1, 200, QByteArray(350'000, 'f')));
    AWAIT_VERIFY(writer_->error());
    writer_->epoch(epochRow(2, 200, 0.5, 0.8, 0.7, 0.8, 1000.0, 5.0));
    QVERIFY(!writer_->finish(RunState::Finished, 6, tested(0.25, 0.75)));
    QVERIFY(notebook->runs()); // it can still be read
    const auto unkept = writer_->keepRest();
    disk.reset();
    // A rest that is not whole is none.
    if (!unkept) QVERIFY(restsOf(path()).isEmpty());
    const auto rest = unkept ? unkept : writer_->keepRest();
    REQUIRE_OK(rest);
    writer_->finish(RunState::Finished, 6, tested(0.25, 0.75));
    writer_.reset();
    notebook.reset();
    auto again = open();
    QVERIFY(!again->damage());
    QCOMPARE(again->takenIn().size(), 1);
    const auto run = again->run({1});
    REQUIRE_OK(run);
    QCOMPARE(runStateKey(run->state), QStringLiteral("finished"));
    QCOMPARE(valuesOf(*again->steps({1}), trainLoss).size(), 200);
    const auto infos = again->checkpoints({1});
    REQUIRE_OK(infos);
    QCOMPARE(infos->size(), 4);
    for (const CheckpointInfo& info : *infos)
        REQUIRE_OK(again->openCheckpoint(info.id));
}

void PlaceTest::forgottenWriterKeepsARest() {
    auto notebook = open();
    beginRun(*notebook);
    QVERIFY(QFile::remove(path()));
    goOn(101, 200);
    writer_.reset();
    QCOMPARE(restsOf(path()).size(), 1);
    notebook.reset();
    auto again = open();
    QCOMPARE(valuesOf(*again->steps({1}), trainLoss).size(), 200);
    QCOMPARE(runStateKey(again->run({1})->state), QStringLiteral("interrupted"));
}

/// As cp does it: what is there is emptied and filled anew.
void overwrite(const QString& file, const QByteArray& bytes) {
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadWrite | QIODevice::Truncate));
    QCOMPARE(written.write(bytes), bytes.size());
}

void PlaceTest::writtenOver_data() {
    QTest::addColumn<QString>("what");
    for (const char* what : {"older", "newer", "another", "emptied", "no notebook", "half"})
        QTest::newRow(what) << QString::fromLatin1(what);
}

void PlaceTest::writtenOver() {
    QFETCH(QString, what);
    const auto leaveARun = [](const QString& file, const QString& name, int large) {
        auto notebook = Notebook::open(file);
        REQUIRE_OK(notebook);
        auto run = (*notebook)->startRun(sampleStart(name));
        REQUIRE_OK(run);
        for (int i = 0; i < large; ++i) {
            (*run)->checkpoint(packed(CheckpointKind::Last, 1, 1, manyWeights()));
            REQUIRE_OK((*notebook)->flush());
        }
        REQUIRE_OK((*run)->finish(RunState::Finished, 1));
    };
    const QString other = path(QStringLiteral("other.burdock"));
    leaveARun(path(), QStringLiteral("before"), 1);
    leaveARun(other, QStringLiteral("another"), 5);
    const QByteArray older = contents(path());
    // As another machine goes on with a copy of it.
    const QString copy = path(QStringLiteral("copy.burdock"));
    QVERIFY(QFile::copy(path(), copy));
    leaveARun(copy, QStringLiteral("elsewhere"), 9);
    auto notebook = open();
    beginRun(*notebook);
    const RunId id = writer_->id();
    writer_->checkpoint(packed(CheckpointKind::Manual, 1, 100, manyWeights()));
    REQUIRE_OK(notebook->flush());
    const QByteArray now = contents(path());
    QVERIFY(now.size() > older.size());
    const QByteArray bytes = what == QStringLiteral("older")         ? older
                             : what == QStringLiteral("newer")       ? contents(copy)
                             : what == QStringLiteral("another")     ? contents(other)
                             : what == QStringLiteral("emptied")     ? QByteArray()
                             : what == QStringLiteral("no notebook") ? QByteArray(now.size(), 'x')
                                                                     : now.first(now.size() / 2);
    overwrite(path(), bytes);
    goOn(101, 200);
    AWAIT_VERIFY(writer_->error() && writer_->error()->kind == Kind::Moved);
    QVERIFY2(writer_->error()->what.contains(QStringLiteral("written over")),
             qPrintable(writer_->error()->oneLine()));
    const QStringList left = QDir(folder()).entryList({QStringLiteral("*.left-*")});
    QCOMPARE(left.size(), 1);
    QVERIFY(writer_->error()->what.contains(left.front()));
    QVERIFY(!notebook->runs());
    const auto shared = Notebook::open(path());
    QVERIFY(!shared && shared.error().kind == Kind::Moved);
    const QString rest = endsAsRest();
    notebook.reset();
    QCOMPARE(contents(path()), bytes); // what has come there is not spoilt by our log
    if (what == QStringLiteral("no notebook") || what == QStringLiteral("half")) {
        QVERIFY(!Notebook::open(path()));
        QVERIFY(QFile::exists(rest));
        overwrite(path(), older); // as its user does then
    }
    auto again = open();
    QVERIFY(!again->damage());
    QCOMPARE(again->takenIn().size(), 1);
    QVERIFY2(again->notTakenIn().isEmpty(), qPrintable(again->notTakenIn().join(QLatin1Char(' '))));
    const bool first = what == QStringLiteral("emptied");
    isKeptFromMemory(*again, first ? RunId{1} : what == QStringLiteral("newer") ? RunId{3} : id);
    if (first) return;
    QCOMPARE(again->run({1})->start.name,
             what == QStringLiteral("another") ? what : QStringLiteral("before"));
    QCOMPARE(*bytesOf(*again, {1}, CheckpointKind::Last), manyWeights());
}

/// The header is as it was; what is spoilt is found before the run is called finished.
void PlaceTest::spoiltInTheMiddle() {
    auto notebook = open();
    beginRun(*notebook);
    writer_->checkpoint(packed(CheckpointKind::Manual, 1, 100, manyWeights()));
    REQUIRE_OK(notebook->flush());
    const QByteArray whole = contents(path());
    {
        QFile file(path());
        QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(4096));
        file.write(QByteArray(100'000, 'x'));
    }
    goOn(101, 200);
    endsAsRest();
    notebook.reset();
    // The log belongs to the file, and has what the file has not.
    QVERIFY(QDir(folder()).entryList({QStringLiteral("*.left-*")}).isEmpty());
    overwrite(path(), whole);
    auto again = open();
    QCOMPARE(again->takenIn().size(), 1);
    isKeptFromMemory(*again, {1});
}

void PlaceTest::touchedIsNotWrittenOver() {
    auto notebook = open();
    beginRun(*notebook);
    for (qint64 i = 0; i < 4; ++i) {
        writer_->checkpoint(packed(CheckpointKind::Last, 1, 100, manyWeights()));
        QFile file(path());
        QVERIFY(file.open(QIODevice::ReadWrite) &&
                file.setFileTime(QDateTime::currentDateTimeUtc(), QFileDevice::FileModificationTime));
        goOn(101 + 25 * i, 125 + 25 * i);
        REQUIRE_OK(notebook->flush());
    }
    REQUIRE_OK(writer_->finish(RunState::Finished, 6));
}

void PlaceTest::keepsWhileOthersAsk(bool& asked, bool& opened) {
    const QString other = path(QStringLiteral("other.burdock"));
    REQUIRE_OK(Notebook::open(other));
    auto notebook = open();
    auto second = notebook->startRun(sampleStart(QStringLiteral("second")));
    REQUIRE_OK(second);
    beginRun(*notebook);
    QVERIFY(QFile::remove(path()));
    AWAIT_VERIFY(writer_->error());
    writer_->checkpoint(packed(CheckpointKind::Manual, 2, 200, QByteArray(200'000'000, 'w')));
    QVERIFY(!writer_->finish(RunState::Finished, 6));
    std::atomic<bool> kept = false, opening = false;
    std::thread keeper([&] {
        if (!writer_->keepRest()) qFatal("not kept");
        kept = true;
    });
    // The window asks for what troubles a run.
    for (int i = 0; i < 100; ++i)
        (void)(*second)->error();
    asked = !kept;
    // The same place waits for what holds on to it; another does not.
    std::thread opener([&] {
        opening = true;
        if (!Notebook::open(path())) qFatal("not opened");
    });
    while (!opening)
        QThread::msleep(1);
    QThread::msleep(20);
    const auto free = Notebook::open(other);
    opened = free && !kept;
    keeper.join();
    opener.join();
    REQUIRE_OK(free);
    writer_.reset();
}

/// On a machine that is busy with much else the rest may be there before anybody could ask: not every time.
void PlaceTest::othersAreNotKeptWaiting() {
    bool asked = false, opened = false;
    for (int attempt = 0; attempt < 8 && !(asked && opened); ++attempt) {
        QVERIFY(QDir(folder()).removeRecursively() && QDir().mkpath(folder()));
        bool askedNow = false, openedNow = false;
        keepsWhileOthersAsk(askedNow, openedNow);
        if (QTest::currentTestFailed()) return;
        asked = asked || askedNow;
        opened = opened || openedNow;
    }
    QVERIFY(asked);
    QVERIFY(opened);
}

void PlaceTest::secondNamesAreRefused() {
    open();
    const QString second = path(QStringLiteral("second.burdock"));
    std::filesystem::create_hard_link(path().toStdString(), second.toStdString());
    for (const QString& name : {path(), second}) {
        const auto refused = Notebook::open(name);
        QVERIFY(!refused && refused.error().kind == Kind::Foreign);
        QVERIFY(refused.error().what.contains(QStringLiteral("hard link")));
    }
    QVERIFY(QFile::remove(second));
    open();
    // A symbolic link is followed to the file.
    QVERIFY(QFile::link(path(), second));
    REQUIRE_OK(Notebook::open(second));
}

void PlaceTest::strangersStatementsAreRefused() {
    const QString changes = QStringLiteral("AFTER UPDATE ON run BEGIN DELETE FROM run_epoch; END");
    const QString editing = QStringLiteral("PRAGMA writable_schema = ON");
    const QVector<QStringList> crafted{
        {QStringLiteral("CREATE TRIGGER t ") + changes},
        {QStringLiteral("CREATE VIEW v AS SELECT * FROM run")},
        {QStringLiteral("CREATE TABLE other (a)")},
        {QStringLiteral("CREATE INDEX i ON run (abs(id))")},
        // Under a name that SQLite keeps for itself, and under that of a table which stands behind it.
        {editing, QStringLiteral("INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) VALUES "
                                 "('trigger', 'sqlite_stat1', 'run', 0, 'CREATE TRIGGER sqlite_stat1 %1')")
                      .arg(changes)},
        {QStringLiteral("CREATE TRIGGER setting ") + changes, editing,
         QStringLiteral("UPDATE sqlite_schema SET rowid = rowid + 1000 WHERE tbl_name = 'setting'")}};
    for (const int version : {3, notebookFormat().newestVersion()}) {
        for (const QStringList& statements : crafted) {
            const QString sql = statements.join(QStringLiteral("; "));
            const QString file = path(QStringLiteral("%1-%2.burdock").arg(version).arg(qHash(sql)));
            FileFormat format = notebookFormat();
            format.migrations.resize(version);
            REQUIRE_OK(createFile(file, format));
            changeByHand(file, statements);
            if (QTest::currentTestFailed()) return;
            const QByteArray before = contents(file);
            for (const Access access : {Access::ReadWrite, Access::ReadOnly}) {
                const auto refused = Notebook::open(file, access);
                QVERIFY2(!refused, qPrintable(sql));
                QVERIFY2(refused.error().kind == Kind::Foreign, qPrintable(refused.error().oneLine()));
            }
            QVERIFY(contents(file) == before);
        }
    }
    QVERIFY(filesIn(folder()).filter(QStringLiteral("backup")).isEmpty());
}

/// A file may come in between the check and the opening.
void PlaceTest::strangersStatementsAreNotRun() {
    auto notebook = open();
    beginRun(*notebook);
    const RunId id = writer_->id();
    REQUIRE_OK(writer_->finish(RunState::Finished, 1));
    writer_.reset();
    changeByHand(path(),
                 {QStringLiteral("CREATE TRIGGER t AFTER UPDATE ON run BEGIN DELETE FROM run_epoch; END")});
    REQUIRE_OK(notebook->setNotes(id, QStringLiteral("changed")));
    QCOMPARE(notebook->epochs(id)->size(), 1);
    auto database = Database::open(path(), Database::Mode::Write);
    REQUIRE_OK(database);
    REQUIRE_OK(database->run(QStringLiteral("PRAGMA writable_schema = ON")));
    QVERIFY(!database->run(QStringLiteral("UPDATE sqlite_schema SET sql = '' WHERE name = 'run'")));
}

QTEST_GUILESS_MAIN(PlaceTest)
#include "place_test.moc"
