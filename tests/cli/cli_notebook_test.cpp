#include "cli_program.h"
#include "support/several.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QtTest>

#include <cmath>

/// What commands tell of a notebook, and keep in it.
class CliNotebookTest : public QObject, private CliProgram {
    Q_OBJECT

  private slots:
    void emptyNotebook() {
        const QJsonObject runs = json({"runs"});
        QVERIFY(runs.contains("runs") && runs["runs"].toArray().isEmpty());
        QVERIFY(run({"runs"}).out.contains("No runs yet"));
        QVERIFY(!QFile::exists(path("default.burdock")));
    }
    void namesAreNotObeyedByTheTerminal() {
        // ESC and the one-character CSI, which would colour the line, and what turns the direction of
        // writing.
        const QString name = QStringLiteral("a\u001b[31mred\u009b31m\u202eback\nb");
        const QString book = path("escapes.burdock");
        for (int i = 0; i < 2; ++i) {
            const Outcome trained = run(
                {"train", model(), "--data", table(), "--epochs", "1", "--name", name, "--notebook", book});
            QCOMPARE(trained.code, 0);
            QVERIFY(trained.out.contains("a\\u001b[31mred"));
            QVERIFY(!trained.out.contains('\x1b') && !trained.out.contains("\nb"));
        }
        for (const QStringList& command :
             {QStringList{"runs"}, QStringList{"show", "1"}, QStringList{"compare", "1", "2"}}) {
            for (const QStringList& json : {QStringList(), QStringList{"--json"}}) {
                const Outcome o = run(command + json + QStringList{"--notebook", book});
                QCOMPARE(o.code, 0);
                for (const QChar c : QString::fromUtf8(o.out + o.err))
                    QVERIFY2(c == u'\n' || (c.category() != QChar::Other_Control && c != QChar(0x202e)),
                             o.out.constData());
            }
        }
        QCOMPARE(json({"show", "1", "--notebook", book})["name"].toString(), name);
    }
    /// Older programs kept what they had reckoned of a few milliseconds, more than a million samples a
    /// second.
    void epochsTooShortToMeasureHaveNoSpeed() {
        const QString book = path("short.burdock");
        QVERIFY(QFile::copy(OLD_NOTEBOOK, book));
        QVERIFY(QFile::setPermissions(book, QFile::ReadOwner | QFile::WriteOwner));
        const QJsonArray curve = json({"show", "1", "--notebook", book})["curve"].toArray();
        QVERIFY(!curve.isEmpty());
        for (const QJsonValue& epoch : curve) {
            QVERIFY(epoch["seconds"].toDouble() < 0.1);
            QVERIFY(epoch["samples_per_second"].isNull());
        }
    }
    void damageIsTold() {
        const QString book = path("damaged.burdock");
        QVERIFY(QFile::copy(OLD_NOTEBOOK, book));
        QVERIFY(QFile::setPermissions(book, QFile::ReadOwner | QFile::WriteOwner));
        QVERIFY(!json({"runs", "--notebook", book})["runs"].toArray()[0].toObject()["damaged"].toBool());
        // One digit of run 1's test accuracy, 0.6.
        QFile file(book);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray bytes = file.readAll();
        const QByteArray before = "\"test.accuracy\":0.6";
        const qsizetype at = bytes.indexOf(before);
        QVERIFY(at > 0);
        bytes[at + before.size() - 1] = '9';
        file.seek(0);
        QCOMPARE(file.write(bytes), bytes.size());
        file.close();

        for (const QStringList& command :
             {QStringList{"runs"}, QStringList{"show", "1"}, QStringList{"compare", "1", "2"}}) {
            const Outcome o = run(command + QStringList{"--notebook", book});
            QCOMPARE(o.code, 0);
            QVERIFY2(o.out.contains("damage"), o.out.constData());
        }
        QVERIFY(run({"runs", "--notebook", book}).err.contains("run 1: "));
        QVERIFY(json({"show", "1", "--notebook", book})["damaged"].toBool());
        QVERIFY(!json({"show", "2", "--notebook", book})["damaged"].toBool());
        const QJsonArray compared = json({"compare", "1", "2", "--notebook", book})["runs"].toArray();
        QVERIFY(compared[0].toObject()["damaged"].toBool() && !compared[1].toObject()["damaged"].toBool());
    }
    /// Rows that another program has deleted are missing wherever the run is shown, and it does not go on.
    void deletedRowsAreTold_data() {
        QTest::addColumn<QString>("statement");
        QTest::newRow("an epoch") << "DELETE FROM run_epoch WHERE run = 1 AND epoch = 2";
        QTest::newRow("a series") << "DELETE FROM run_chunk WHERE run = 1 AND series = 'train.accuracy'";
        QTest::newRow("all curves") << "DELETE FROM run_chunk WHERE run = 1";
        QTest::newRow("its best weights") << deletionOf("best");
        QTest::newRow("its last weights") << deletionOf("last");
    }
    void deletedRowsAreTold() {
        QFETCH(QString, statement);
        const QString book = path(QString("%1.burdock").arg(QTest::currentDataTag()));
        addTwoRuns(book);
        for (const char* command : {"runs", "show 1", "compare 1 2"})
            QVERIFY(run(QString(command).split(' ') + QStringList{"--notebook", book}).err.isEmpty());
        for (const QString& one : statement.split(';'))
            changeByHand(book, one);
        for (const char* command : {"runs", "show 1", "compare 1 2"}) {
            const Outcome o = run(QString(command).split(' ') + QStringList{"--notebook", book});
            QCOMPARE(o.code, 0);
            QVERIFY2(o.err.count('\n') == 1 && o.err.contains("run 1: "), o.err.constData());
        }
        QVERIFY(json({"show", "1", "--notebook", book})["damaged"].toBool());
        QVERIFY(!json({"show", "1", "--notebook", book})["damage"].toString().isEmpty());
        QVERIFY(!json({"show", "2", "--notebook", book})["damaged"].toBool());
        QCOMPARE(json({"show", "1", "--notebook", book})["curve"].toArray().size(), 3);
        changeByHand(book, "UPDATE run SET state = 'stopped'"); // which breaks its seal as well
        const Outcome resumed = run({"train", "run:1", "--resume", "--notebook", book});
        QCOMPARE(resumed.code, 1);
        QVERIFY2(resumed.err.count('\n') == 1 && resumed.err.contains("cannot go on"),
                 resumed.err.constData());
    }
    /// Neither an empty architecture nor settings of nobody are taken for the run's own.
    void lostSettingsAreTold() {
        const QString book = path("lost settings.burdock");
        addTwoRuns(book);
        changeByHand(book, "DELETE FROM run_setup WHERE run = 1");
        changeByHand(book, "UPDATE run_setup SET config_json = CAST('{}' AS BLOB) WHERE run = 2");
        for (const char* command : {"train run:1", "evaluate 1"}) {
            const Outcome o = run(QString(command).split(' ') + QStringList{"--notebook", book});
            QCOMPARE(o.code, 1);
            QVERIFY2(o.err.count('\n') == 1 && o.err.contains("lost what this run was begun with"),
                     o.err.constData());
        }
        for (const char* command : {"train run:2 --epochs 1", "evaluate 2", "describe run:2"}) {
            const Outcome o = run(QString(command).split(' ') + QStringList{"--notebook", book});
            QCOMPARE(o.code, 0);
            QVERIFY2(o.err.count('\n') == 1 && o.err.contains("run 2: ") &&
                         o.err.contains("was changed on the disk"),
                     o.err.constData());
        }
        // The weights of run 1 are sound, and can be begun with: but not as if nothing had happened to the
        // run.
        const Outcome begun = run(
            {"train", model(), "--data", table(), "--epochs", "1", "--weights", "run:1", "--notebook", book});
        QCOMPARE(begun.code, 0);
        QVERIFY2(begun.err.count('\n') == 1 && begun.err.contains("run 1: ") &&
                     begun.err.contains("was changed on the disk"),
                 begun.err.constData());
        changeByHand(book, "UPDATE run SET state = 'stopped'");
        for (const char* name : {"run:1", "run:2"}) {
            const Outcome o = run({"train", name, "--resume", "--notebook", book});
            QCOMPARE(o.code, 1);
            QVERIFY2(o.err.count('\n') == 1 && o.err.contains("was changed on the disk"), o.err.constData());
        }
    }
    /// A row that was changed is told where the run is shown by itself or beside others.
    void changedRowsAreTold_data() {
        QTest::addColumn<QString>("statement");
        QTest::newRow("an epoch") << "UPDATE run_epoch SET step = step + 1 WHERE run = 1 AND epoch = 2";
        QTest::newRow("checkpoints") << "UPDATE run_checkpoint SET step = step + 1 WHERE run = 1";
        QTest::newRow("arrays")
            << "DELETE FROM tensor_chunk WHERE tensor IN (SELECT tensor.id FROM tensor JOIN "
               "run_checkpoint AS c ON c.id = checkpoint WHERE c.run = 1)";
    }
    void changedRowsAreTold() {
        QFETCH(QString, statement);
        const QString book = path(QString("changed, %1.burdock").arg(QTest::currentDataTag()));
        addTwoRuns(book);
        changeByHand(book, statement);
        for (const char* command : {"show 1", "compare 1 2"}) {
            const Outcome o = run(QString(command).split(' ') + QStringList{"--notebook", book});
            QCOMPARE(o.code, 0);
            QVERIFY2(o.err.count('\n') == 1 && o.err.contains("run 1: "), o.err.constData());
            QVERIFY2(o.out.contains("damage "), o.out.constData()); // among its results as well
        }
        const QJsonObject shown = json({"show", "1", "--notebook", book});
        QVERIFY(shown["damaged"].toBool() && !shown["damage"].toString().isEmpty());
        const QJsonArray compared = json({"compare", "1", "2", "--notebook", book})["runs"].toArray();
        QVERIFY(compared[0].toObject()["damaged"].toBool() && !compared[1].toObject()["damaged"].toBool());
    }
    void orphansAreToldUntilTheyAreDeleted() {
        const QString book = path("orphans.burdock");
        addTwoRuns(book);
        changeByHand(book, "DELETE FROM run WHERE id = 1");
        const Outcome told = run({"show", "2", "--notebook", book});
        QCOMPARE(told.code, 0);
        QVERIFY2(told.err.count('\n') == 1 && told.err.contains("--delete-orphans"), told.err.constData());
        const Outcome deleted = run({"runs", "--delete-orphans", "--notebook", book});
        QCOMPARE(deleted.code, 0);
        QVERIFY2(deleted.err.isEmpty(), deleted.err.constData()); // what is gone is not amiss any more
        QVERIFY2(deleted.out.contains("Deleted orphaned rows: ") && deleted.out.contains(", of 1 run, "),
                 deleted.out.constData());
        const Outcome after = run({"show", "2", "--notebook", book});
        QVERIFY2(after.code == 0 && after.err.isEmpty(), after.err.constData());
        QVERIFY(json({"runs", "--notebook", book})["damage"].isNull());
        changeByHand(book, "DELETE FROM run WHERE id = 2");
        const QJsonObject json = this->json({"runs", "--delete-orphans", "--notebook", book});
        QVERIFY(json["damage"].isNull());
        QCOMPARE(json["deleted_orphans"]["runs"].toInt(), 1);
        QVERIFY(json["deleted_orphans"]["bytes"].toInt() > 0);
        QVERIFY(run({"runs", "--delete-orphans", "--notebook", book}).out.contains("no orphaned rows"));
    }
    /// Where the output cannot be written, what was deleted is told all the same.
    void whatWasDeletedIsToldWhateverBecomesOfTheOutput() {
        for (const char* json : {"", "--json"}) {
            const QString book = path(QString("full%1.burdock").arg(json));
            addTwoRuns(book);
            changeByHand(book, "DELETE FROM run WHERE id = 1");
            QProcess shell;
            shell.setProcessEnvironment(environment());
            shell.start("sh", {"-c", QString("'%1' runs --delete-orphans %2 --notebook '%3' >/dev/full")
                                         .arg(BURDOCK_CLI, json, book)});
            QVERIFY(shell.waitForFinished(patience));
            QCOMPARE(shell.exitCode(), 1);
            const QByteArray told = shell.readAllStandardError();
            QVERIFY2(told.contains("Deleted orphaned rows: ") && told.contains("could not be written"),
                     told.constData());
        }
    }
    void everyMetricIsKeptAndShown() {
        const QString book = path("metrics.burdock");
        const Outcome trained = run({"train", model(), "--data", table(), "--epochs", "3", "--epoch-metrics",
                                     "all", "--best-metric", "f1", "--notebook", book, "--json"});
        QCOMPARE(trained.code, 0);
        const QJsonObject epoch = object(trained.out.split('\n')[2]);
        for (const char* key : {"validation_f1", "validation_recall", "train_accuracy", "learning_rate"})
            QVERIFY2(epoch[key].isDouble(), key);
        const QJsonObject shown = json({"show", "1", "--steps", "--notebook", book});
        QVERIFY(shown["best_validation_f1"].isDouble() && shown["test_f1"].isDouble());
        QCOMPARE(shown["curve"].toArray()[2].toObject()["validation_f1"], shown["validation_f1"]);
        const qint64 best = shown["best_epoch"].toInteger();
        QCOMPARE(shown["curve"].toArray()[best - 1].toObject()["validation_f1"], shown["best_validation_f1"]);
        const QJsonObject steps = shown["steps"].toObject();
        for (const char* name : {"train.loss", "train.accuracy", "learning_rate"})
            QCOMPARE(steps[name].toObject()["values"].toArray().size(), shown["steps_per_epoch"].toInt() * 3);
        const Outcome text = run({"show", "1", "--notebook", book});
        QVERIFY(text.out.contains("Validation F1") && text.out.contains("best"));
        const Outcome refused = run({"train", model(), "--data", table(), "--best-metric", "rmse"});
        QCOMPARE(refused.code, 1);
        QVERIFY(refused.err.contains("--best-metric"));
    }
    void trainShowCompareEvaluate() {
        const QString book = path("book.burdock");
        const Outcome trained =
            run({"train", "template:perceptron", "--data", "fashion-mnist-small", "--epochs", "2", "--batch",
                 "50", "--seed", "5", "--notebook", book, "--json"});
        QCOMPARE(trained.err, QByteArray());
        QCOMPARE(trained.code, 0);
        QList<QJsonObject> events;
        for (const QByteArray& line : trained.out.trimmed().split('\n'))
            events << object(line);
        QCOMPARE(events.size(), 4);
        QCOMPARE(events[0]["event"].toString(), "start");
        for (int i = 1; i <= 2; ++i) {
            QCOMPARE(events[i]["event"].toString(), "epoch");
            QCOMPARE(events[i]["epoch"].toInt(), i);
            for (const char* key : {"train_loss", "train_accuracy", "validation_loss", "validation_accuracy"})
                QVERIFY2(events[i][key].isDouble(), key);
            // Epochs of a few milliseconds have measured none.
            const QJsonValue speed = events[i]["samples_per_second"];
            QVERIFY(speed.isNull() || speed.toDouble() > 0);
        }
        QCOMPARE(events[3]["event"].toString(), "finished");
        const int id = events[3]["run"].toInt();
        const double accuracy = events[3]["test_accuracy"].toDouble();
        QVERIFY(accuracy > 0.5);
        QVERIFY(events[3]["seconds"].toDouble() > 0);

        const QJsonArray runs = json({"runs", "--notebook", book})["runs"].toArray();
        QCOMPARE(runs.size(), 1);
        QCOMPARE(runs[0].toObject()["run"].toInt(), id);
        QCOMPARE(runs[0].toObject()["status"].toString(), "finished");

        const QJsonObject shown = json({"show", QString::number(id), "--notebook", book});
        QCOMPARE(shown["test_accuracy"].toDouble(), accuracy);
        QCOMPARE(shown["seed"].toInt(), 5);
        QCOMPARE(shown["config"].toObject()["batch"].toInt(), 50);
        QCOMPARE(shown["curve"].toArray().size(), 2);
        QCOMPARE(shown["data_sha256"].toString().size(), 64);
        QVERIFY(shown["graph"].toObject().contains("nodes"));
        QVERIFY(!shown["checkpoints"].toArray().isEmpty());

        const QJsonObject evaluated = json({"evaluate", QString::number(id), "--notebook", book});
        QVERIFY(std::abs(evaluated["test_accuracy"].toDouble() - accuracy) < 1e-6);
        QCOMPARE(evaluated["samples"].toInt(), 500);

        const QJsonObject again =
            object(run({"train", "run:" + QString::number(id), "--data", "fashion-mnist-small", "--epochs",
                        "1", "--notebook", book, "--json"})
                       .out.trimmed()
                       .split('\n')
                       .last());
        QCOMPARE(again["event"].toString(), "finished");
        const QString second = QString::number(again["run"].toInt());
        QCOMPARE(json({"show", second, "--notebook", book})["parent"].toInt(), id);
        QCOMPARE(json({"describe", "run:" + second, "--notebook", book})["parameters"].toInt(), 7850);

        const QJsonObject compared = json({"compare", QString::number(id), second, "--notebook", book});
        QCOMPARE(compared["runs"].toArray().size(), 2);
        QCOMPARE(compared["differences"].toObject()["epochs"].toArray(), (QJsonArray{"2", "1"}));
        QVERIFY(!compared["differences"].toObject().contains("batch"));

        for (const QStringList& arguments : {QStringList{"runs"},
                                             {"show", second},
                                             {"compare", QString::number(id), second},
                                             {"evaluate", second}}) {
            const Outcome o = run(arguments + QStringList{"--notebook", book});
            QCOMPARE(o.code, 0);
            QVERIFY(o.err.isEmpty() && o.out.contains('%'));
        }
        const Outcome missing = run({"show", "999", "--notebook", book});
        QCOMPARE(missing.code, 1);
        QCOMPARE(missing.err.count('\n'), 1);
    }
    void sameSeedSameCurve() {
        const QStringList arguments{"train", model(),     "--data", table(), "--epochs",
                                    "1",     "--threads", "1",      "--json"};
        QList<QJsonObject> epochs;
        for (int i = 0; i < 2; ++i) {
            const Outcome o = run(arguments);
            QCOMPARE(o.code, 0);
            epochs << object(o.out.split('\n').at(1));
        }
        QCOMPARE(epochs[0]["event"].toString(), "epoch");
        QCOMPARE(epochs[0]["train_loss"].toDouble(), epochs[1]["train_loss"].toDouble());
        QCOMPARE(epochs[0]["validation_loss"].toDouble(), epochs[1]["validation_loss"].toDouble());
    }
    /// Each command that takes a run's own data says how they are found again, and finds them.
    void movedDataAreFound() {
        const QString book = path("moved.burdock"), was = path("was.csv"), now = path("now.csv");
        QVERIFY(QFile::copy(table(), was));
        QCOMPARE(run({"train", model(), "--data", was, "--epochs", "1", "--notebook", book}).code, 0);
        QVERIFY(QFile::rename(was, now));
        for (const QStringList& command :
             {QStringList{"evaluate", "1"}, {"predict", "1", "--set", "a=1"}, {"train", "run:1"}}) {
            const Outcome o = run(command + QStringList{"--notebook", book});
            QVERIFY2(o.code == 1 && o.err.contains("is not where it was") && o.err.contains("--data FILE"),
                     o.err.constData());
        }
        const QString other =
            write("other.csv", "a,b,kind\n1,2,x\n2,3,y\n3,4,x\n4,5,y\n5,6,x\n6,7,y\n7,8,x\n8,9,y\n");
        QCOMPARE(run({"evaluate", "1", "--data", other, "--notebook", book}).code, 1);
        const Outcome found = run({"evaluate", "1", "--data", now, "--notebook", book});
        QVERIFY2(found.code == 0, found.err.constData());
        QCOMPARE(run({"predict", "1", "--set", "a=1", "--notebook", book}).code, 0);
        const Outcome on = run({"train", "run:1", "--epochs", "1", "--notebook", book});
        QVERIFY2(on.code == 0 && on.err.isEmpty(), on.err.constData());
    }
    void changedDataAreTold() {
        const QString book = path("changed.burdock"), data = path("changed.csv");
        QVERIFY(QFile::copy(table(), data));
        QCOMPARE(run({"train", model(), "--data", data, "--epochs", "1", "--notebook", book}).code, 0);
        QFile file(data);
        QVERIFY(file.open(QIODevice::ReadWrite));
        const QByteArray text = file.readAll();
        const qsizetype end = text.lastIndexOf('\n', -2) + 1; // the last row once more
        QVERIFY(file.write(text.mid(end)) > 0);
        file.close();
        const char* const sentence = "The data are not those that the run was trained on.";
        const Outcome evaluated = run({"evaluate", "1", "--notebook", book});
        QVERIFY2(evaluated.code == 1 && evaluated.err.contains(sentence), evaluated.err.constData());
        const Outcome trained = run({"train", "run:1", "--epochs", "1", "--notebook", book});
        QVERIFY2(trained.code == 0 && trained.err.contains(sentence), trained.err.constData());
        QVERIFY(
            !run({"train", "run:1", "--fresh", "--epochs", "1", "--notebook", book}).err.contains(sentence));
    }
    /// Started without standard streams, the program prints nothing over the notebook that it opens.
    void closedStreamsDoNotHarmTheNotebook() {
        const QString book = path("closed.burdock");
        QCOMPARE(run({"train", model(), "--data", table(), "--epochs", "1", "--notebook", book}).code, 0);
        QProcess shell;
        shell.setProcessEnvironment(environment());
        shell.start("sh", {"-c", QString("'%1' show 1 --notebook '%2' <&- >&- 2>&-").arg(BURDOCK_CLI, book)});
        QVERIFY(shell.waitForFinished(patience));
        QCOMPARE(shell.exitCode(), 1); // what was to be shown is lost
        QCOMPARE(json({"show", "1", "--notebook", book})["status"].toString(), "finished");
    }

  private:
    /// Of run 1's weights of a kind, with all that hangs on them.
    static QString deletionOf(const QString& kind) {
        return QString("DELETE FROM tensor_chunk WHERE tensor IN (SELECT tensor.id FROM tensor JOIN "
                       "run_checkpoint AS c ON c.id = checkpoint WHERE c.run = 1 AND kind = '%1');"
                       "DELETE FROM tensor WHERE checkpoint IN "
                       "(SELECT id FROM run_checkpoint WHERE run = 1 AND kind = '%1');"
                       "DELETE FROM run_checkpoint WHERE run = 1 AND kind = '%1'")
            .arg(kind);
    }
    void addTwoRuns(const QString& book) {
        for (const char* seed : {"1", "2"})
            QCOMPARE(run({"train", model(), "--data", table(), "--epochs", "3", "--seed", seed, "--notebook",
                          book})
                         .code,
                     0);
    }
    /// As a program would that is not ours.
    static void changeByHand(const QString& file, const QString& statement) {
        const QString name = "by hand";
        {
            QSqlDatabase database = QSqlDatabase::addDatabase("QSQLITE", name);
            database.setDatabaseName(file);
            QVERIFY(database.open());
            QSqlQuery query(database);
            QVERIFY2(query.exec(statement), qPrintable(query.lastError().text()));
        }
        QSqlDatabase::removeDatabase(name);
    }
};

ADD_TEST_CLASS(CliNotebookTest)
#include "cli_notebook_test.moc"
