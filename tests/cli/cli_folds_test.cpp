#include "cli_program.h"
#include "support/several.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

/// Splits and cross-validations from the command line.
class CliFoldsTest : public QObject, private CliProgram {
    Q_OBJECT

    static QList<QJsonObject> events(const QByteArray& out, const char* kind) {
        QList<QJsonObject> all;
        for (const QByteArray& line : out.trimmed().split('\n'))
            if (const QJsonObject event = object(line); event["event"].toString() == QLatin1String(kind))
                all << event;
        return all;
    }
    QStringList iris(const QString& book) const {
        return {"train",   "template:classification-mlp",
                "--data",  "iris",
                "--adapt", "--epochs",
                "4",       "--notebook",
                book};
    }

  private slots:
    /// Five runs of a shipped table under one heading; mean and interval are those of the runs' own tests.
    void foldsOfATable() {
        const QString book = path("folds.burdock");
        const Outcome o = run(iris(book) + QStringList{"--folds", "5", "--seed", "3", "--json"});
        QVERIFY2(o.code == 0, o.err.constData());
        const auto finished = events(o.out, "finished"), told = events(o.out, "cross_validation");
        QCOMPARE(finished.size(), 5);
        QCOMPARE(told.size(), 1);
        QCOMPARE(told[0]["name"].toString(), QStringLiteral("Classification MLP · Iris"));
        QCOMPARE(told[0]["runs"].toArray().size(), 5);
        const QJsonObject metrics = told[0]["metrics"].toObject();
        for (const char* metric : {"test_loss", "test_accuracy"}) {
            double mean = 0, squares = 0;
            for (const QJsonObject& run : finished)
                mean += run[metric].toDouble() / 5;
            for (const QJsonObject& run : finished)
                squares += std::pow(run[metric].toDouble() - mean, 2);
            const double margin = 2.776445 * std::sqrt(squares / 4 / 5);
            const QJsonObject figure = metrics[metric].toObject();
            QCOMPARE(figure["folds"].toInt(), 5);
            QVERIFY(std::abs(figure["mean"].toDouble() - mean) < 1e-9);
            QVERIFY(std::abs(figure["deviation"].toDouble() - std::sqrt(squares / 4)) < 1e-9);
            const bool share = metric == QLatin1String("test_accuracy");
            const double low = std::max(mean - margin, 0.0), high = mean + margin;
            QVERIFY(std::abs(figure["margin"].toDouble() - margin) < 1e-6);
            QVERIFY(std::abs(figure["low"].toDouble() - low) < 1e-6);
            QVERIFY(std::abs(figure["high"].toDouble() - (share ? std::min(high, 1.0) : high)) < 1e-6);
        }
        // The same later, wherever it is asked for.
        const QJsonObject all = json({"runs", "--notebook", book});
        QCOMPARE(all["cross_validations"].toArray().size(), 1);
        QCOMPARE(all["cross_validations"].toArray()[0].toObject()["metrics"].toObject(), metrics);
        const QJsonObject shown = json({"show", "2", "--notebook", book});
        QCOMPARE(shown["cross_validation"].toObject()["metrics"].toObject(), metrics);
        QCOMPARE(shown["config"].toObject()["fold"].toInt(), 2);
        const QByteArray listed = run({"runs", "--notebook", book}).out;
        QVERIFY2(listed.contains("Classification MLP · Iris") && listed.contains("5 of 5 folds") &&
                     (listed.contains(" ± ") || listed.contains(" % to ")),
                 listed.constData());
        const QByteArray compared = run({"compare", "1", "2", "--notebook", book}).out;
        QVERIFY2(compared.contains("Test accuracy, all folds") &&
                     compared.contains("(95 % interval, 5 folds)"),
                 compared.constData());
        // One fold anew is the same run again.
        const Outcome again = run(iris(book) + QStringList{"--folds", "5", "--fold", "4", "--seed", "3",
                                                           "--threads", "1", "--json"});
        QCOMPARE(again.code, 0);
        QCOMPARE(events(again.out, "finished").size(), 1);
        QCOMPARE(events(again.out, "cross_validation")[0]["runs"].toArray()[3].toInt(), 6);
    }
    /// What is done when a cross-validation is stopped stays, and what is missing can be made up for.
    void stoppedInBetween() {
        const QString book = path("stopped.burdock");
        const QStringList arguments{"train",    model(), "--data",     table(), "--folds", "3",
                                    "--epochs", "400",   "--notebook", book,    "--json"};
        QByteArray out;
        QCOMPARE(interruptAfterAnEpoch(arguments, &out), 130);
        QCOMPARE(events(out, "start").size(), 1);
        QStringList once = arguments;
        once[once.indexOf("400")] = "2";
        const Outcome second = run(once + QStringList{"--fold", "2"}),
                      third = run(once + QStringList{"--fold", "3"});
        QCOMPARE(second.code + third.code, 0);
        const auto headings = json({"runs", "--notebook", book})["cross_validations"].toArray();
        QCOMPARE(headings.size(), 2); // of 2 epochs, and of 400
        QCOMPARE(headings[0].toObject()["finished"].toInt(), 2);
        QCOMPARE(headings[1].toObject()["finished"].toInt(), 0);
        const Outcome resumed = run({"train", "run:1", "--resume", "--notebook", book, "--json"});
        QCOMPARE(resumed.code, 0);
        QCOMPARE(events(resumed.out, "cross_validation").size(), 1);
        QCOMPARE(events(resumed.out, "cross_validation")[0]["finished"].toInt(), 1);
    }
    /// Nothing is trained of what a later fold would refuse.
    void refusals_data() {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QByteArray>("told");
        QTest::newRow("groups") << QStringList{"--split", "grouped"} << QByteArray("--split");
        QTest::newRow("one fold") << QStringList{"--folds", "1"} << QByteArray("two folds");
        QTest::newRow("many folds") << QStringList{"--folds", "100"} << QByteArray("more folds than samples");
        QTest::newRow("no such fold")
            << QStringList{"--folds", "3", "--fold", "4"} << QByteArray("no fold 4");
        QTest::newRow("no folds") << QStringList{"--fold", "1"} << QByteArray("no fold 1");
    }
    void refusals() {
        QFETCH(QStringList, options);
        QFETCH(QByteArray, told);
        QByteArray rows = "a,b,kind\n";
        for (int i = 0; i < 60; ++i)
            rows +=
                QByteArray::number(i) + "," + QByteArray::number(i * i % 7) + (i % 2 ? ",odd\n" : ",even\n");
        const QString book = path("none.burdock");
        const Outcome o = run(QStringList{"train", model(), "--data", write("small.csv", rows), "--adapt",
                                          "--epochs", "1", "--notebook", book} +
                              options);
        QCOMPARE(o.code, 1);
        QVERIFY2(o.err.contains(told), o.err.constData());
        QCOMPARE(o.err.count('\n'), 1);
        QVERIFY(!QFile::exists(book) || json({"runs", "--notebook", book})["runs"].toArray().isEmpty());
    }
    /// What a stratified split cannot do is told before the run begins.
    void stratifiedTellsOfRareClasses() {
        QByteArray rows = "a,b,kind\n";
        for (int i = 0; i < 61; ++i)
            rows += QByteArray::number(i) + "," + QByteArray::number(i * i % 7) +
                    (i == 9  ? ",rare\n"
                     : i % 2 ? ",odd\n"
                             : ",even\n");
        const Outcome o = run({"train", model(), "--data", write("rare.csv", rows), "--epochs", "1",
                               "--split", "stratified", "--notebook", path("rare.burdock"), "--json"});
        QCOMPARE(o.code, 0);
        const QByteArray told = "Not every class is in every part of the split. “rare”";
        QVERIFY2(o.err.contains(told), o.err.constData());
        const Outcome random = run({"train", model(), "--data", path("rare.csv"), "--epochs", "1",
                                    "--notebook", path("rare.burdock")});
        QVERIFY(!random.err.contains(told));
    }
};

ADD_TEST_CLASS(CliFoldsTest)
#include "cli_folds_test.moc"
