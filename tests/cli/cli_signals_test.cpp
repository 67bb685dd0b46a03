#include "cli_program.h"
#include "support/several.h"

#include <QDirIterator>
#include <QtTest>

/// Runs that are interrupted, and go on.
class CliSignalsTest : public QObject, private CliProgram {
    Q_OBJECT

  private slots:
    void interruptKeepsTheRunAsStopped_data() {
        QTest::addColumn<QList<int>>("signalsSent");
        QTest::newRow("Ctrl+C") << QList<int>{SIGINT};
        QTest::newRow("as timeout(1) does") << QList<int>{SIGTERM, SIGTERM};
        QTest::newRow("a terminal that is closed") << QList<int>{SIGHUP, SIGHUP, SIGHUP};
    }
    void interruptKeepsTheRunAsStopped() {
        QFETCH(QList<int>, signalsSent);
        const QString book = path(QString("stopped-%1.burdock").arg(signalsSent.size()));
        QByteArray out;
        QCOMPARE(interruptAfterAnEpoch({"train", "template:perceptron", "--data", "fashion-mnist-small",
                                        "--epochs", "10000", "--notebook", book, "--json"},
                                       &out, signalsSent),
                 130);
        const QJsonObject last = object(out.trimmed().split('\n').last());
        QCOMPARE(last["event"].toString(), "finished");
        QCOMPARE(last["status"].toString(), "stopped");
        const QJsonObject shown = json({"show", "1", "--notebook", book});
        QCOMPARE(shown["status"].toString(), "stopped");
        QCOMPARE(shown["config"]["precision"].toString(),
                 "f32"); // what `auto` came to mean for so small a net
    }
    /// nohup(1) has a program go on when its terminal is closed.
    void whatIsIgnoredStaysIgnored() {
        QProcess process;
        process.setProcessEnvironment(environment());
        process.setChildProcessModifier([] { ::signal(SIGHUP, SIG_IGN); });
        process.start(BURDOCK_CLI, {"train", "template:perceptron", "--data", "fashion-mnist-small",
                                    "--epochs", "30", "--notebook", path("nohup.burdock"), "--json"});
        QByteArray out;
        while (!out.contains("\"epoch\",") && process.waitForReadyRead(patience))
            out += process.readAllStandardOutput();
        ::kill(static_cast<pid_t>(process.processId()), SIGHUP);
        QVERIFY(process.waitForFinished(patience));
        QCOMPARE(process.exitCode(), 0);
        QCOMPARE(json({"show", "1", "--notebook", path("nohup.burdock")})["status"].toString(), "finished");
    }
    /// As Ctrl+C would: what was trained is kept.
    void aPipeThatNobodyReadsStopsTheRun() {
        const QString book = path("piped.burdock");
        QProcess shell;
        shell.setProcessEnvironment(environment());
        shell.start("bash",
                    {"-c", QString("'%1' train '%2' --data '%3' --epochs 100000 --notebook '%4' --json "
                                   "| head -2; exit ${PIPESTATUS[0]}")
                               .arg(BURDOCK_CLI, model(), table(), book)});
        QVERIFY(shell.waitForFinished(patience));
        QCOMPARE(shell.exitCode(), 1);
        QCOMPARE(shell.readAllStandardOutput().count('\n'), 2);
        QVERIFY(shell.readAllStandardError().contains("Nobody reads"));
        const QJsonObject run = json({"show", "1", "--notebook", book});
        QCOMPARE(run["status"].toString(), "stopped");
        QVERIFY(run["epochs"].toInt() >= 1);
        QVERIFY(!run["checkpoints"].toArray().isEmpty());
    }
    /// In a step that takes long, Ctrl+C is not heard; half a second later the next one kills.
    void aSecondInterruptKills() {
        QProcess process;
        process.setProcessEnvironment(environment());
        process.start(BURDOCK_CLI,
                      {"train", "template:lecture-cnn", "--data", "fashion-mnist-small", "--batch", "2000",
                       "--precision", "f32", "--notebook", path("killed.burdock"), "--json"});
        QByteArray out;
        while (!out.contains("\"start\"") && process.waitForReadyRead(patience))
            out += process.readAllStandardOutput();
        // On a busy machine the first may be heard late, and the second be no half second behind it.
        const auto pid = static_cast<pid_t>(process.processId());
        QElapsedTimer waited;
        waited.start();
        int asked = 0;
        for (bool ended = false; !ended && waited.elapsed() < patience;
             ended = process.waitForFinished(1000)) {
            ::kill(pid, SIGINT);
            ++asked;
        }
        QCOMPARE(process.state(), QProcess::NotRunning);
        if (process.exitStatus() == QProcess::NormalExit && asked < 3)
            QSKIP("It stopped before it could be asked again.");
        QCOMPARE(process.exitStatus(), QProcess::CrashExit);
    }
    /// A handler that interrupts a compute kernel would write onto whatever its stack pointer points to.
    void oneThreadTakesTheSignals() {
        auto variables = environment();
        for (const char* name :
             {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"}) // the threads of libraries inherit as well
            variables.remove(name);
        QProcess process;
        process.setProcessEnvironment(variables);
        process.start(BURDOCK_CLI, {"train", "template:lenet5", "--data", "fashion-mnist-small", "--epochs",
                                    "1000", "--notebook", path("threads.burdock"), "--json"});
        QByteArray out;
        while (!out.contains("\"epoch\",") && process.waitForReadyRead(patience))
            out += process.readAllStandardOutput();
        int threads = 0, open = 0;
        QDirIterator tasks(QString("/proc/%1/task").arg(process.processId()),
                           QDir::Dirs | QDir::NoDotAndDotDot);
        while (tasks.hasNext()) {
            QFile status(tasks.next() + "/status");
            if (!status.open(QIODevice::ReadOnly)) continue; // a thread that has ended since
            const QByteArray text = status.readAll();
            if (text.isEmpty()) continue;
            const auto at = text.indexOf("SigBlk:");
            const qulonglong blocked =
                text.mid(at + 7, text.indexOf('\n', at) - at - 7).trimmed().toULongLong(nullptr, 16);
            qulonglong ends = 0;
            for (const int number : {SIGINT, SIGTERM, SIGHUP})
                ends |= qulonglong{1} << (number - 1);
            ++threads;
            if ((blocked & ends) != ends) ++open;
        }
        ::kill(static_cast<pid_t>(process.processId()), SIGTERM);
        QVERIFY(process.waitForFinished(patience));
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(threads > 3);
        QCOMPARE(open, 1);
    }
    /// The curve of a run that was stopped and goes on is that of one that was never stopped: its pictures
    /// are augmented as they would have been.
    void resumes() {
        const QString book = path("resumed.burdock");
        const QStringList settings{"train",
                                   "template:perceptron",
                                   "--data",
                                   "fashion-mnist-small",
                                   "--epochs",
                                   "6",
                                   "--batch",
                                   "20",
                                   "--threads",
                                   "1",
                                   "--notebook",
                                   book,
                                   "--json",
                                   "--augment",
                                   "shift:pixels=1;rotate;noise"};
        QByteArray out;
        if (interruptAfterAnEpoch(settings, &out) != 130) QSKIP("It was trained before it could be stopped.");
        const Outcome whole = run(settings);
        QCOMPARE(whole.code, 0);
        const Outcome resumed = run({"train", "run:1", "--resume", "--notebook", book, "--json"});
        QCOMPARE(resumed.err, QByteArray());
        QCOMPARE(resumed.code, 0);
        const QJsonObject last = object(resumed.out.trimmed().split('\n').last());
        QCOMPARE(last["run"].toInt(), 1);
        QCOMPARE(last["status"].toString(), "finished");
        const QJsonObject one = json({"show", "1", "--notebook", book}),
                          two = json({"show", "2", "--notebook", book});
        QCOMPARE(one["curve"].toArray().size(), 6);
        for (int e = 0; e < 6; ++e)
            QCOMPARE(one["curve"][e]["train_loss"].toDouble(), two["curve"][e]["train_loss"].toDouble());
        QCOMPARE(one["test_loss"].toDouble(), two["test_loss"].toDouble());
        QVERIFY(one["test_metrics"].toObject()["f1"].toObject()["values"].toArray().size() == 10);
        const Outcome again = run({"train", "run:1", "--resume", "--notebook", book});
        QCOMPARE(again.code, 1);
        QCOMPARE(again.err.count('\n'), 1);
    }
};

ADD_TEST_CLASS(CliSignalsTest)
#include "cli_signals_test.moc"
