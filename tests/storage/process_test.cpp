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

void ProcessTest::killLosesAtMostASecond() {
    for (const int killAfter : {350, 900, 1500, 2100}) {
        auto process = start(0);
        const RunId id = runOf(*process);
        QVERIFY(id);
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < killAfter)
            process->waitForReadyRead(10);
        process->kill();
        QVERIFY(process->waitForFinished(burdock::test::patience));
        QVERIFY(process->exitStatus() == QProcess::CrashExit);

        qint64 lastTime = 0, lastStep = 0, requiredStep = 0;
        QVector<QPair<qint64, qint64>> told;
        for (const QByteArray& line : process->readAllStandardOutput().split('\n')) {
            const QList<QByteArray> words = line.split(' ');
            if (words.size() == 2) told << qMakePair(words[0].toLongLong(), words[1].toLongLong());
        }
        QVERIFY(!told.isEmpty());
        std::tie(lastTime, lastStep) = std::make_pair(told.last().first, told.last().second);
        for (const auto& [time, step] : told)
            if (time <= lastTime - 1000) requiredStep = step;

        auto notebook = open();
        QVERIFY(!notebook->isReadOnly());
        auto run = notebook->run(id);
        REQUIRE_OK(run);
        QVERIFY(run->state == RunState::Interrupted);
        auto steps = notebook->steps(id);
        REQUIRE_OK(steps);
        QCOMPARE(steps->damagedChunks, 0);
        QCOMPARE(run->steps, valuesOf(*steps, trainLoss).size());
        QVERIFY2(valuesOf(*steps, trainLoss).size() >= requiredStep,
                 qPrintable(QStringLiteral("%1 steps kept, %2 told a second before the end")
                                .arg(valuesOf(*steps, trainLoss).size())
                                .arg(requiredStep)));
        for (qsizetype i = 0; i < valuesOf(*steps, trainLoss).size(); ++i)
            QCOMPARE(valuesOf(*steps, trainLoss)[i], lossOf(i + 1));
        qInfo("killed after %lld steps, %lld kept", lastStep,
              static_cast<qint64>(valuesOf(*steps, trainLoss).size()));
        auto infos = notebook->checkpoints(id);
        REQUIRE_OK(infos);
        if (valuesOf(*steps, trainLoss).size() >= 200) QCOMPARE(infos->size(), 1);
        for (const CheckpointInfo& info : *infos) {
            auto data = bytesOf(*notebook, id, info.kind);
            REQUIRE_OK(data);
            QCOMPARE(*data, QByteArray(1'000'000, char(info.epoch % 128)));
            // Steps and epochs are told before their weights, and kept before them: the curve may be ahead,
            // but by no more than a second.
            constexpr qint64 stepsPerEpoch = 200;
            QVERIFY2(info.epoch <= run->epochs && info.step <= run->steps &&
                         info.step > requiredStep - stepsPerEpoch,
                     qPrintable(QStringLiteral("checkpoint of step %1 (epoch %2), of the curve %3 steps and "
                                               "%4 epochs, %5 told a second before the end")
                                    .arg(info.step)
                                    .arg(info.epoch)
                                    .arg(run->steps)
                                    .arg(run->epochs)
                                    .arg(requiredStep)));
        }
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
