#include "two_runs.h"

#include "storage/database/database.h"
#include "storage/notebook/schema.h"
#include "support/several.h"

using namespace burdock::storage;
using Kind = StorageError::Kind;

/// Another program has deleted the table of who has written to the notebook, by which its log is known.
class HistoryTest : public TwoRunsTest {
    Q_OBJECT

  private slots:
    void aTableThatIsOnlyHistoryIsMadeAnew();
    void aHistoryMadeAnewInTheLogIsOurs();
    void aHistoryThatFindsNoRoomIsNoHindrance();
    void aLogPutAsideOnAFullDiskIsTold();
};

void HistoryTest::aTableThatIsOnlyHistoryIsMadeAnew() {
    fill();
    changeByHand(path(), {QStringLiteral("DROP TABLE writer")});
    // Nobody writes to it: it is read as it is.
    {
        const auto read = Notebook::open(path(), Access::ReadOnly);
        REQUIRE_OK(read);
        QCOMPARE((*read)->runs()->size(), 2);
    }
    {
        const auto notebook = Notebook::open(path());
        REQUIRE_OK(notebook);
        QCOMPARE((*notebook)->notTakenIn().size(), 1);
        QVERIFY((*notebook)->notTakenIn().first().contains(QStringLiteral("writer")));
        REQUIRE_OK((*notebook)->renameRun({1}, QStringLiteral("still here")));
    }
    QVERIFY(open()->notTakenIn().isEmpty());
    QCOMPARE(open()->run({1})->start.name, QStringLiteral("still here"));
    // The others hold something.
    for (const char* table : {"weights", "tensor_chunk", "setting"}) {
        const QString file = path(QString::fromLatin1(table));
        QVERIFY(QFile::copy(path(), file));
        changeByHand(file, {QStringLiteral("DROP TABLE %1").arg(QLatin1String(table))});
        const auto refused = Notebook::open(file);
        QVERIFY(!refused && refused.error().kind == Kind::Damaged);
        QVERIFY(refused.error().what.contains(QLatin1String(table)) && !refused.error().mend.isEmpty());
    }
}

/// Other programs have the notebook open, so that the deletion stays in the log, and then this one is killed.
void HistoryTest::aHistoryMadeAnewInTheLogIsOurs() {
    fill();
    const QString killed = path(QStringLiteral("killed.burdock"));
    {
        auto reading = Database::open(path(), Database::Mode::Read); // by which nothing is moved from the log
        REQUIRE_OK(reading);
        REQUIRE_OK(reading->run(QStringLiteral("BEGIN")));
        QVERIFY(reading->value(QStringLiteral("SELECT COUNT(*) FROM run"))->toInt() == 2);
        auto dropping = Database::open(path(), Database::Mode::Write);
        REQUIRE_OK(dropping);
        REQUIRE_OK(dropping->run(QStringLiteral("DROP TABLE writer")));
        const auto notebook = Notebook::open(path());
        REQUIRE_OK(notebook);
        QCOMPARE((*notebook)->notTakenIn().size(), 1);
        REQUIRE_OK((*notebook)->renameRun({1}, QStringLiteral("in the log")));
        for (const char* file : {"", "-wal"})
            QVERIFY(QFile::copy(path() + QLatin1String(file), killed + QLatin1String(file)));
    }
    const auto again = Notebook::open(killed);
    REQUIRE_OK(again);
    QVERIFY2((*again)->notTakenIn().isEmpty(), qPrintable((*again)->notTakenIn().join(QLatin1Char('\n'))));
    QCOMPARE((*again)->run({1})->start.name, QStringLiteral("in the log"));
    QVERIFY(filesIn(folder()).filter(QStringLiteral("left")).isEmpty());
}

void HistoryTest::aHistoryThatFindsNoRoomIsNoHindrance() {
    fill();
    for (const char* statement : {"DROP TABLE writer", "PRAGMA journal_mode = DELETE"}) {
        changeByHand(path(), {QString::fromLatin1(statement)});
        auto disk = std::make_unique<FullDisk>(0);
        auto notebook = Notebook::open(path());
        const auto runs = notebook ? (*notebook)->runs() : refuse(notebook.error());
        disk.reset();
        REQUIRE_OK(notebook);
        QVERIFY((*notebook)->isReadOnly() && (*notebook)->unwritable());
        REQUIRE_OK(runs);
        QCOMPARE(runs->size(), 2);
        notebook->reset();
        REQUIRE_OK(open()->renameRun({1}, QString::fromLatin1(statement)));
    }
}

/// What is only read since the disk is full may have been put in order before, and that is told.
void HistoryTest::aLogPutAsideOnAFullDiskIsTold() {
    const QString log = path() + QStringLiteral("-wal");
    beginRun(*open());
    writer_.reset();
    QByteArray left;
    {
        auto notebook = open();
        beginRun(*notebook);
        left = contents(log);
        writer_.reset();
    }
    QVERIFY(QFile::remove(path()));
    fill();
    // The table will lie at the file's end, beyond what the disk takes; the index of a log does not.
    changeByHand(path(), {QStringLiteral("DROP TABLE writer"), QStringLiteral("VACUUM"),
                          QStringLiteral("PRAGMA journal_mode = DELETE")});
    QVERIFY(setContents(log, left));
    auto disk = std::make_unique<FullDisk>(40'000);
    const auto notebook = Notebook::open(path());
    disk.reset();
    REQUIRE_OK(notebook);
    QVERIFY((*notebook)->isReadOnly() && (*notebook)->unwritable());
    const QStringList aside = filesIn(folder()).filter(QStringLiteral("-wal.left-"));
    QCOMPARE(aside.size(), 1);
    QCOMPARE((*notebook)->notTakenIn().size(), 1);
    QVERIFY((*notebook)->notTakenIn().first().contains(aside.first()));
}

ADD_TEST_CLASS(HistoryTest)
#include "history_test.moc"
