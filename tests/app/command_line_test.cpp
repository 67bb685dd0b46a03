#include "app/command_line.h"
#include "app/command_palette.h"
#include "support/await.h"

#include <QProcess>
#include <QRegularExpression>
#include <QTest>

using namespace burdock;

namespace {

struct Ended {
    int code;
    QString out, err;
};

Ended run(const QStringList& arguments, const QStringList& withoutVariables = {}) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString& name : withoutVariables)
        environment.remove(name);
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(BURDOCK_PROGRAM), arguments);
    process.waitForFinished(test::patience);
    return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

} // namespace

class TestCommandLine : public QObject {
    Q_OBJECT
  private slots:
    void readsFilesByTheirNames() {
        const auto line = readCommandLine({"burdock", "net.json", "lab.burdock", "--theme=dark"});
        QCOMPARE(line.model, QStringLiteral("net.json"));
        QCOMPARE(line.notebook, QStringLiteral("lab.burdock"));
        QCOMPARE(line.theme, QStringLiteral("dark"));
        QVERIFY(line.error.isEmpty());
        QCOMPARE(readCommandLine({"burdock", "--notebook", "x.db"}).notebook, QStringLiteral("x.db"));
    }

    void refusesWrongUsage_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("unknown option") << QStringList{"burdock", "--epochs", "3"};
        QTest::newRow("value missing") << QStringList{"burdock", "--notebook"};
        QTest::newRow("two networks") << QStringList{"burdock", "a.json", "b.json"};
        QTest::newRow("no such theme") << QStringList{"burdock", "--theme", "pink"};
    }
    void refusesWrongUsage() {
        QFETCH(QStringList, arguments);
        QVERIFY(!readCommandLine(arguments).error.isEmpty());
        const Ended ended = run(arguments.mid(1));
        QCOMPARE(ended.code, 2);
        QCOMPARE(ended.err.count(u'\n'), 1);
    }

    void saysInOneLineThatThereIsNoDisplay() {
        const QStringList displays{"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"};
        const Ended ended = run({}, displays);
        QCOMPARE(ended.code, 1);
        QCOMPARE(ended.err.count(u'\n'), 1);
        QVERIFY(ended.err.contains(QStringLiteral("burdock-cli")));
        QCOMPARE(run({"--help"}, displays).code, 0);
        static const QRegularExpression version(QStringLiteral("^\\d+\\.\\d+\\.\\d+\n$"));
        QVERIFY(run({"--version"}, displays).out.contains(version)); // and nothing else
    }

    void commandsAreFoundByWordsAndLetters() {
        QVERIFY(commandMatch(QStringLiteral("Lay out"), QStringLiteral("lay")) >
                commandMatch(QStringLiteral("Display"), QStringLiteral("lay")));
        QVERIFY(commandMatch(QStringLiteral("Show all"), QStringLiteral("all show")) > 0);
        QVERIFY(commandMatch(QStringLiteral("Duplicate"), QStringLiteral("dpc")) > 0);
        QCOMPARE(commandMatch(QStringLiteral("Undo"), QStringLiteral("zoom")), 0);
    }
};

QTEST_GUILESS_MAIN(TestCommandLine)
#include "command_line_test.moc"
