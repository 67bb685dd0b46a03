// What becomes of a run when the disk fails under it: the program is started again and again under
// fault_shim, which fails the n-th write, sync or open, once or from then on. FAULTS_ALL=K/N goes through
// every N-th of them from the K-th on, so that N programs at once go through all, and FAULTS_PROGRAM names a
// burdock-cli to be put to the test instead of the helper: tests/storage/faults.sh does both.
#include "one_run.h"

#include "storage/database/database.h"
#include "support/await.h"

#include <QProcess>
#include <QSqlQuery>

using namespace burdock::storage;

class FaultTest : public OneRunTest {
    Q_OBJECT

    struct Outcome {
        int code = -1; ///< of the program; negative: it crashed
        QByteArray told;
        qint64 calls = 0;
    };
    Outcome train(const QString& kind, qint64 at, const QString& mode, int error) const;
    void isSound(qint64 at, const Outcome& outcome);

    RunSummary whole_; ///< as the program leaves it when nothing fails

  private slots:
    void init();
    void cleanup() { writer_.reset(); }
    void everyFaultIsBorne_data();
    void everyFaultIsBorne();
    void aRestGoesOnceItIsOnTheDisk();
};

void FaultTest::init() {
    FolderTest::init();
    // Rests are looked for where the program keeps them.
    qputenv("XDG_STATE_HOME", QFile::encodeName(path(QStringLiteral("state"))));
}

FaultTest::Outcome FaultTest::train(const QString& kind, qint64 at, const QString& mode, int error) const {
    const QString count = path(QStringLiteral("count"));
    QFile::remove(count);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("LD_PRELOAD"), QStringLiteral(FAULT_SHIM));
    environment.insert(QStringLiteral("FAULT_KIND"), kind);
    environment.insert(QStringLiteral("FAULT_AT"), QString::number(at));
    environment.insert(QStringLiteral("FAULT_MODE"), mode);
    environment.insert(QStringLiteral("FAULT_ERRNO"), QString::number(error));
    environment.insert(QStringLiteral("FAULT_COUNT"), count);
    environment.insert(QStringLiteral("OMP_NUM_THREADS"), QStringLiteral("1"));
    QProcess process;
    process.setProcessEnvironment(environment);
    const QString program = qEnvironmentVariable("FAULTS_PROGRAM");
    if (program.isEmpty())
        process.start(QStringLiteral(RUN_HELPER), {path(), QStringLiteral("400")});
    else
        process.start(program, {QStringLiteral("train"), QStringLiteral("template:classification-mlp"),
                                QStringLiteral("--data"), QStringLiteral("iris"), QStringLiteral("--adapt"),
                                QStringLiteral("--epochs"), QStringLiteral("2"), QStringLiteral("--notebook"),
                                path()});
    Outcome outcome;
    if (!process.waitForFinished(10 * burdock::test::patience)) { // where the disk fails it is waited for
        process.kill();
        process.waitForFinished();
        outcome.told = "it did not end";
        return outcome;
    }
    outcome.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    outcome.told = process.readAllStandardError();
    outcome.calls = contents(count).trimmed().toLongLong();
    return outcome;
}

void FaultTest::isSound(qint64 at, const Outcome& outcome) {
    const QByteArray where = "fault " + QByteArray::number(at) + ", exit " +
                             QByteArray::number(outcome.code) + ": " + outcome.told.left(2000);
    QVERIFY2(outcome.code == 0 || outcome.code == 1, where);
    if (outcome.code != 0) QVERIFY2(!outcome.told.isEmpty(), where);
    // What it was called is what is kept.
    qsizetype runs = 0;
    if (QFile::exists(path())) {
        auto notebook = Notebook::open(path());
        QVERIFY2(notebook, where + (notebook ? QByteArray() : notebook.error().oneLine().toUtf8()));
        QVERIFY2(!(*notebook)->damage() && (*notebook)->notTakenIn().isEmpty(), where);
        const auto all = (*notebook)->runs();
        QVERIFY2(all, where);
        runs = all->size();
        for (const RunSummary& run : *all) {
            QVERIFY2(!run.damaged && run.state != RunState::Running, where);
            const auto curves = (*notebook)->steps(run.id);
            QVERIFY2(curves && curves->damagedChunks == 0, where);
            for (const StepSeries& series : curves->series)
                QVERIFY2(series.firstStep + series.values.size() - 1 == run.steps, where);
            QVERIFY2((*notebook)->epochs(run.id)->size() == run.epochs, where);
            const auto infos = (*notebook)->checkpoints(run.id);
            QVERIFY2(infos, where);
            for (const CheckpointInfo& info : *infos)
                QVERIFY2((*notebook)->openCheckpoint(info.id), where);
            // Finished or not: nothing of a run is lost unless that was said.
            if (outcome.told.contains("could not be kept")) continue;
            QVERIFY2(run.state == RunState::Finished, where);
            QVERIFY2(run.steps == whole_.steps && run.epochs == whole_.epochs, where);
            QVERIFY2(bytesOf(**notebook, run.id, CheckpointKind::Last), where);
        }
    }
    if (outcome.code == 0 || outcome.told.contains(".rest-")) QVERIFY2(runs == 1, where);
    // A later run goes on, with the disk mended.
    const Outcome later = train(QStringLiteral("write"), 0, QStringLiteral("once"), 28);
    QVERIFY2(later.code == 0, where + "; later: " + later.told);
    auto notebook = Notebook::open(path());
    QVERIFY2(notebook, where);
    QVERIFY2((*notebook)->runs()->size() == runs + 1, where);
    QVERIFY2((*notebook)->runs()->first().state == RunState::Finished, where);
}

void FaultTest::everyFaultIsBorne_data() {
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("mode");
    QTest::addColumn<int>("error");
    for (const char* kind : {"write", "sync", "open"})
        for (const char* mode : {"once", "on"})
            QTest::addRow("%s, %s", kind, mode) << QString::fromLatin1(kind) << QString::fromLatin1(mode)
                                                << (std::strcmp(kind, "write") == 0 ? 28 : 5);
}

void FaultTest::everyFaultIsBorne() {
    QFETCH(QString, kind);
    QFETCH(QString, mode);
    QFETCH(int, error);
    const Outcome whole = train(kind, 0, mode, error);
    QVERIFY2(whole.code == 0, whole.told);
    QVERIFY2(whole.calls > 0, "the shim has seen nothing");
    {
        auto notebook = open();
        const auto runs = notebook->runs();
        REQUIRE_OK(runs);
        whole_ = runs->first();
        QVERIFY(whole_.steps > 0 && whole_.epochs > 0);
    }
    // A few that fall on different kinds of calls, or all: how many calls there are is not the same every
    // time.
    const bool all = qEnvironmentVariableIsSet("FAULTS_ALL");
    const QString part =
        all ? qEnvironmentVariable("FAULTS_ALL") : QStringLiteral("1/%1").arg(whole.calls / 5);
    const qint64 first = part.section(QLatin1Char('/'), 0, 0).toLongLong();
    const qint64 stride = std::max<qint64>(1, part.section(QLatin1Char('/'), 1, 1).toLongLong());
    int borne = 0;
    for (qint64 at = first, missed = 0; at <= whole.calls || (all && missed < 3); at += stride) {
        QDir(folder()).removeRecursively();
        QVERIFY(QDir().mkpath(folder()));
        const Outcome outcome = train(kind, at, mode, error);
        isSound(at, outcome);
        if (QTest::currentTestFailed()) return;
        const bool reached = outcome.calls >= at;
        missed = reached ? 0 : missed + 1;
        borne += reached;
    }
    qInfo("%d of %lld %s calls failed, %s", borne, static_cast<long long>(whole.calls), qPrintable(kind),
          qPrintable(mode));
}

/// The log is written to, and nobody can say that it is on the disk: a power cut might take it.
void FaultTest::aRestGoesOnceItIsOnTheDisk() {
    const QString rest = leaveARest();
    // The first sync is that of the log's head, which every log has; the second is the transaction's.
    for (const qint64 at : {1, 2}) {
        train(QStringLiteral("sync"), at, QStringLiteral("on"), 5);
        QVERIFY(QFile::exists(rest));
    }
    auto notebook = open();
    QCOMPARE(notebook->takenIn().size(), 1);
    QVERIFY(!QFile::exists(rest));
    isWhole(*notebook, {1}, 200);
}

QTEST_GUILESS_MAIN(FaultTest)
#include "fault_test.moc"
