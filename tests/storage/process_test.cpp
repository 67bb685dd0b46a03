#include "support.h"

#include "storage/notebook/process_identity.h"
#include "support/await.h"

#include <QProcess>

using namespace burdock::storage;

class ProcessTest : public FolderTest {
    Q_OBJECT

  private slots:
    void killLosesAtMostASecond();
    void liveRunOfAnotherProgramStaysRunning();
    void twoProgramsWriteAtOnce();
    void knowsWhoIsAlive();

  private:
    void kill(int after, bool& lost);
    std::unique_ptr<QProcess> start(qint64 steps) const {
        auto process = std::make_unique<QProcess>();
        process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process->start(QStringLiteral(RUN_HELPER), {path(), QString::number(steps)});
        return process;
    }
    static RunId runOf(QProcess& process) {
        while (!process.canReadLine())
            if (!process.waitForReadyRead(burdock::test::patience)) return {};
        return {process.readLine().trimmed().toLongLong()};
    }
};

/// Kills it after so many milliseconds; `lost`: whether it had told more than a second before what is not
/// kept.
void ProcessTest::kill(int after, bool& lost) {
    auto process = start(0);
    const RunId id = runOf(*process);
    QVERIFY(id);
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < after)
        process->waitForReadyRead(10);
    process->kill();
    QVERIFY(process->waitForFinished(burdock::test::patience));
    QVERIFY(process->exitStatus() == QProcess::CrashExit);

    qint64 requiredStep = 0;
    QVector<QPair<qint64, qint64>> told; // time and step
    for (const QByteArray& line : process->readAllStandardOutput().split('\n')) {
        const QList<QByteArray> words = line.split(' ');
        if (words.size() == 2) told << qMakePair(words[0].toLongLong(), words[1].toLongLong());
    }
    for (const auto& [time, step] : told)
        if (time <= told.last().first - 1000) requiredStep = step;

    auto notebook = open();
    QVERIFY(!notebook->isReadOnly());
    auto run = notebook->run(id);
    REQUIRE_OK(run);
    QVERIFY(run->state == RunState::Interrupted);
    auto steps = notebook->steps(id);
    REQUIRE_OK(steps);
    QCOMPARE(steps->damagedChunks, 0);
    const QVector<float> losses = valuesOf(*steps, trainLoss);
    QCOMPARE(run->steps, losses.size());
    for (qsizetype i = 0; i < losses.size(); ++i)
        QCOMPARE(losses[i], lossOf(i + 1));
    lost = losses.size() < requiredStep;
    qInfo("killed after %lld steps, %lld kept, %lld told a second before",
          told.isEmpty() ? 0 : told.last().second, static_cast<qint64>(losses.size()), requiredStep);
    auto infos = notebook->checkpoints(id);
    REQUIRE_OK(infos);
    for (const CheckpointInfo& info : *infos) {
        auto data = bytesOf(*notebook, id, info.kind);
        REQUIRE_OK(data);
        QCOMPARE(*data, QByteArray(1'000'000, char(info.epoch % 128)));
        // Steps and epochs are told before their weights, and kept before them: the curve may be ahead, but
        // by no more than a second.
        QVERIFY2(
            info.epoch <= run->epochs && info.step <= run->steps,
            qPrintable(QStringLiteral("checkpoint of step %1 (epoch %2), of the curve %3 steps and %4 epochs")
                           .arg(info.step)
                           .arg(info.epoch)
                           .arg(run->steps)
                           .arg(run->epochs)));
        constexpr qint64 stepsPerEpoch = 200;
        lost = lost || info.step <= requiredStep - stepsPerEpoch;
    }
    lost = lost || (infos->isEmpty() && requiredStep >= 200);
}

/// What is kept is whole each time. That it is no more than a second behind depends on the machine as well:
/// one that is busy with much else may keep the writer waiting, but not every time.
void ProcessTest::killLosesAtMostASecond() {
    for (const int after : {350, 900, 1500, 2100}) {
        bool lost = true;
        for (int attempt = 0; attempt < 8 && lost; ++attempt) {
            kill(after, lost);
            if (QTest::currentTestFailed()) return;
        }
        QVERIFY(!lost);
    }
    QCOMPARE(filesIn(folder()), QStringList{QStringLiteral("a.burdock")});
}

void ProcessTest::liveRunOfAnotherProgramStaysRunning() {
    auto process = start(0);
    const RunId id = runOf(*process);
    QVERIFY(id);
    auto notebook = open();
    QVERIFY(notebook->run(id)->state == RunState::Running);
    process->kill();
    QVERIFY(process->waitForFinished(burdock::test::patience));
    QVERIFY(notebook->run(id)->state == RunState::Running); // nobody has looked yet
    auto marked = notebook->markInterruptedRuns();
    REQUIRE_OK(marked);
    QCOMPARE(*marked, 1);
    QVERIFY(notebook->run(id)->state == RunState::Interrupted);
}

void ProcessTest::twoProgramsWriteAtOnce() {
    constexpr qint64 count = 2000;
    auto notebook = open();
    auto first = start(count), second = start(count);
    const RunId one = runOf(*first), two = runOf(*second);
    QVERIFY(one && two);
    auto writer = notebook->startRun(sampleStart());
    REQUIRE_OK(writer);
    for (qint64 step = 1; step <= count; ++step) {
        writeStep(**writer, step, lossOf(step), 0.5f);
        if (step % 100 == 0) {
            (*writer)->checkpoint(packed(CheckpointKind::Best, 1, step, QByteArray(500'000, 'w')));
            REQUIRE_OK(notebook->flush());
            REQUIRE_OK(notebook->runs());
        }
    }
    REQUIRE_OK((*writer)->finish(RunState::Finished, 1));
    for (auto* process : {first.get(), second.get()}) {
        QVERIFY(process->state() == QProcess::NotRunning ||
                process->waitForFinished(burdock::test::patience));
        QCOMPARE(process->exitCode(), 0);
    }
    const RunId mine = (*writer)->id();
    writer->reset();
    notebook.reset();
    notebook = open(); // checks every page
    QVERIFY(!notebook->damage());
    for (const RunId id : {one, two, mine}) {
        QVERIFY(notebook->run(id)->state == RunState::Finished);
        auto steps = notebook->steps(id);
        REQUIRE_OK(steps);
        QCOMPARE(steps->damagedChunks, 0);
        QCOMPARE(valuesOf(*steps, trainLoss).size(), count);
        for (qsizetype i = 0; i < count; ++i)
            QCOMPARE(valuesOf(*steps, trainLoss)[i], lossOf(i + 1));
    }
}

void ProcessTest::knowsWhoIsAlive() {
    const QDateTime now = QDateTime::currentDateTimeUtc(), longAgo = now.addDays(-1);
    const QString me = processIdentity();
    QCOMPARE(me.count(QLatin1Char('|')), 2);
    QVERIFY(mayBeAlive(me, longAgo));                    // looked up, whatever the heartbeat says
    QVERIFY(!mayBeAlive(me + QStringLiteral("0"), now)); // same number, another start: reused
    const QString elsewhere = QStringLiteral("other") + me;
    QVERIFY(mayBeAlive(elsewhere, now));
    QVERIFY(!mayBeAlive(elsewhere, longAgo));
    QVERIFY(!mayBeAlive(QString(), longAgo));
}

QTEST_GUILESS_MAIN(ProcessTest)
#include "process_test.moc"
