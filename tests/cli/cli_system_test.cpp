#include "cli_program.h"

#include <QtTest>

/// What the system does to the program: its limits.
class CliSystemTest : public QObject, private CliProgram {
    Q_OBJECT

    /// With so many threads at most, beside the first.
    Outcome runWithThreads(int most, const QStringList& arguments) const {
        auto limited = environment();
        limited.insert("LD_PRELOAD", NO_THREADS_SHIM);
        limited.insert("BURDOCK_THREADS", QString::number(most));
        return run(arguments, limited);
    }

  private slots:
    /// It does with what it gets, or says what it needs in one line; no run is left half done.
    void fewThreads() {
        const Outcome described = runWithThreads(1, {"describe", "template:resnet18"});
        QVERIFY2(described.code == 0 && described.err.isEmpty(), described.err.constData());
        int trained = 0, refused = 0;
        for (int most = 0; most <= 12; ++most) {
            const QString book = path(QStringLiteral("%1.burdock").arg(most));
            const Outcome o = runWithThreads(most, {"train", model(), "--data", table(), "--epochs", "1",
                                                    "--threads", "4", "--notebook", book});
            if (o.code == 0) {
                ++trained;
                QVERIFY2(o.err.isEmpty(), o.err.constData());
                QVERIFY2(o.out.contains("finished"), o.out.constData());
            } else {
                ++refused;
                QCOMPARE(o.code, 1);
                QVERIFY2(o.err.startsWith("burdock-cli: ") && o.err.count('\n') == 1, o.err.constData());
                QVERIFY2(o.err.contains("ulimit -u"), o.err.constData());
            }
        }
        QVERIFY2(trained > 3 && refused > 0, qPrintable(QStringLiteral("%1, %2").arg(trained).arg(refused)));
    }
};

QTEST_GUILESS_MAIN(CliSystemTest)
#include "cli_system_test.moc"
