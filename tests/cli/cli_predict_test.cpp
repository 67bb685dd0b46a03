#include "cli_program.h"

#include <QDir>
#include <QImage>
#include <QtTest>

#include <cmath>

/// A trained network asked about further data, from the command line.
class CliPredictTest : public QObject, private CliProgram {
    Q_OBJECT

    QString trained(const QStringList& arguments) const {
        const Outcome o = run(QStringList{"train"} + arguments + QStringList{"--json"});
        if (o.code != 0) qWarning("%d %s", o.code, o.err.constData());
        const QJsonObject last = object(o.out.trimmed().split('\n').last());
        return o.code == 0 ? QString::number(last["run"].toInt()) : QString();
    }

    /// Notes go to the error stream.
    QJsonArray asked(const QString& run, const QString& file) const {
        const Outcome o = CliProgram::run({"predict", run, file, "--json"});
        if (o.code != 0) qWarning("%d %s", o.code, o.err.constData());
        return object(o.out)["answers"].toArray();
    }

  private slots:
    /// A column's name may have an equals sign in it, and there may be too many of them for a line.
    void columnsAreNamedAsTheyAre() {
        QByteArray rows = "g,g=h";
        for (int column = 0; column < 20; ++column)
            rows += ",c" + QByteArray::number(column);
        rows += ",kind\n";
        for (int i = 0; i < 60; ++i) {
            rows += QByteArray::number(i % 7 + 0.5) + "," + QByteArray::number(i % 5 + 0.5);
            for (int column = 0; column < 20; ++column)
                rows += "," + QByteArray::number((i * (column + 3)) % 11 + 0.5);
            rows += i % 2 ? ",low\n" : ",high\n";
        }
        const QString book = path("named.burdock");
        const Outcome trained = run(
            {"train", "proposal", "--data", write("named.csv", rows), "--epochs", "1", "--notebook", book});
        QVERIFY2(trained.code == 0, trained.err.constData());
        const Outcome o = run({"predict", "1", "--set", "g=h=2", "--notebook", book});
        QVERIFY2(o.code == 0, o.err.constData());
        QVERIFY2(o.err.contains("typical: g=") && !o.err.contains("g=h="), o.err.constData());
        QVERIFY2(o.err.contains(" and 11 more."), o.err.constData());
        QCOMPARE(run({"predict", "1", "--set", "g=1", "--set", "g=h=2", "--notebook", book}).code, 0);
    }
    /// With the target beside the features, the answers are the same.
    void aTableWithoutItsTarget() {
        QByteArray rows = "a,b\n", text = "a,b,kind\n";
        for (int i = 0; i < 90; ++i) {
            const QByteArray features = QByteArray::number(i % 7) + "," + QByteArray::number(i % 11 - 5);
            text += features + (i % 7 < 3 ? ",low" : ",high") + "\n";
            rows += features + "\n";
        }
        const QString whole = write("whole.csv", text);
        const QString bare = write("bare.csv", rows);
        const QString id =
            trained({"template:classification-mlp", "--data", whole, "--adapt", "--epochs", "3"});
        QVERIFY(!id.isEmpty());
        const QString out = path("answers.csv");
        const Outcome o = run({"predict", id, bare, "--output", out});
        QVERIFY2(o.code == 0, o.err.constData());
        QVERIFY2(o.out.startsWith("90 answers in "), o.out.constData());
        // What is there is not replaced without a word, and what is asked about never.
        const Outcome there = run({"predict", id, bare, "--output", out});
        QCOMPARE(there.code, 1);
        QVERIFY2(there.err.contains("There is such a file already."), there.err.constData());
        QCOMPARE(run({"predict", id, bare, "--output", bare, "--force"}).code, 1);
        QFile input(bare);
        QVERIFY(input.open(QIODevice::ReadOnly));
        QCOMPARE(input.readAll(), rows);
        QCOMPARE(run({"predict", id, bare, "--output", out, "--force"}).code, 0);
        QFile file(out);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
        QCOMPARE(lines.size(), 91);
        QVERIFY2(lines[0].startsWith("sample,answer,"), lines[0].constData());
        // One row, put together of values: those of the table's second row, and typical ones.
        const QJsonObject second = asked(id, bare)[1].toObject();
        const Outcome set = run({"predict", id, "--set", "a=1", "--set", "B=-4", "--json"});
        QVERIFY2(set.code == 0, set.err.constData());
        const QJsonObject made = object(set.out)["answers"].toArray()[0].toObject();
        QCOMPARE(made["answer"], second["answer"]);
        const auto low = [](const QJsonObject& row) { return row["probabilities"]["low"].toDouble(); };
        QVERIFY(std::abs(low(made) - low(second)) < 1e-5);
        const Outcome typical = run({"predict", id, "--set", "a=1"});
        QVERIFY2(typical.err.contains("Not given, and typical: b=0."), typical.err.constData());
        const Outcome missing = run({"predict", id, "--set", "a=", "--set", "b=1"});
        QVERIFY2(missing.err.contains("the mean stands for it: a."), missing.err.constData());
        const Outcome twice = run({"predict", id, "--set", "a=1", "--set", "A=2"});
        QVERIFY2(twice.code == 1 && twice.err.contains("It is given twice."), twice.err.constData());
        for (const char* wrong : {"c=1", "a=much", "a=98,087", "a=50%"}) {
            const Outcome refused = run({"predict", id, "--set", wrong});
            QVERIFY2(refused.code == 1 && refused.err.count('\n') == 1, refused.err.constData());
        }
        QCOMPARE(run({"predict", id}).code, 2);
        QCOMPARE(run({"predict", id, bare, "--set", "a=1"}).code, 2);
        QCOMPARE(run({"predict", id, "--set", "a"}).code, 2);
        const QJsonArray again = asked(id, whole);
        QCOMPARE(again.size(), 90);
        for (int i = 0; i < 90; ++i) {
            const QJsonObject answer = again[i].toObject();
            const QList<QByteArray> fields = lines[i + 1].split(',');
            QCOMPARE(fields[0], QByteArray("line " + QByteArray::number(i + 2)));
            QCOMPARE(fields[1], answer["answer"].toString().toUtf8());
            const double low = answer["probabilities"].toObject()["low"].toDouble();
            QVERIFY(std::abs(low - fields[lines[0].split(',').indexOf("low")].toDouble()) < 1e-6);
        }
    }

    void aFolderOfPictures() {
        const QString id = trained({"template:mlp", "--data", "fashion-mnist-small", "--epochs", "1"});
        QVERIFY(!id.isEmpty());
        QVERIFY(QDir().mkpath(path("own/deep")));
        for (const char* name : {"own/a.png", "own/deep/b.jpg"}) {
            QImage image(90, 120, QImage::Format_RGB32);
            image.fill(Qt::darkGray);
            QVERIFY(image.save(path(QString::fromLatin1(name))));
        }
        const QJsonArray answers = asked(id, path("own"));
        QCOMPARE(answers.size(), 2);
        QCOMPARE(answers[0].toObject()["sample"].toString(), QStringLiteral("a.png"));
        QCOMPARE(answers[1].toObject()["sample"].toString(), QStringLiteral("deep/b.jpg"));
        double sum = 0;
        const QJsonObject shares = answers[0].toObject()["probabilities"].toObject();
        for (const QJsonValue& share : shares)
            sum += share.toDouble();
        QVERIFY(std::abs(sum - 1) < 1e-4);
        const Outcome npy = run({"predict", id, path("own/a.png"), "--output", path("a.npy")});
        QVERIFY2(npy.code == 0, npy.err.constData());
        QCOMPARE(QFileInfo(path("a.npy")).size(), 128 + 10 * 4);
        const Outcome refused = run({"predict", id, write("words.txt", "no picture")});
        QCOMPARE(refused.code, 1);
        QCOMPARE(refused.err.count('\n'), 1);
    }
};

QTEST_GUILESS_MAIN(CliPredictTest)
#include "cli_predict_test.moc"
