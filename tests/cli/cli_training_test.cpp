#include "cli_program.h"
#include "support/several.h"

#include <QtTest>

#include <cmath>
#include <sys/stat.h>

/// What can be trained from the command line beyond classes of pictures: texts, pictures of other sizes,
/// labels of pixels, numbers.
class CliTrainingTest : public QObject, private CliProgram {
    Q_OBJECT

    /// The last event of a training; empty if it failed.
    QJsonObject trained(const QStringList& arguments) const {
        const Outcome o = run(QStringList{"train"} + arguments + QStringList{"--json"});
        if (o.code != 0) qWarning("%d %s", o.code, o.err.constData());
        return o.code == 0 ? object(o.out.trimmed().split('\n').last()) : QJsonObject();
    }

  private slots:
    /// A network for pictures of 14 × 14 in colour learns from grey ones of 28 × 28, normalised and
    /// augmented.
    void picturesOfAnotherSize() {
        const QString small = write("colour.json", R"({
            "burdock_model": 1, "name": "Colour", "nodes": [
                {"id": 1, "type": "input", "name": "input", "params": {"channels": 3, "height": 14, "width": 14}},
                {"id": 2, "type": "flatten", "name": "flatten"},
                {"id": 3, "type": "dense", "name": "dense", "params": {"units": 10}},
                {"id": 4, "type": "softmax", "name": "softmax"}],
            "edges": [[1, 2, 0], [2, 3, 0], [3, 4, 0]]})");
        const QString book = path("fit.burdock");
        const QStringList base{small, "--data", "fashion-mnist-small", "--epochs", "3", "--notebook", book};
        const Outcome refused = run(QStringList{"train"} + base);
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.err.contains("(--fit)"), refused.err.constData()); // says what would help
        QVERIFY2(refused.err.contains("--adapt"), refused.err.constData());
        const QJsonObject finished =
            trained(base + QStringList{"--fit", "resize", "--normalise", "channels", "--augment",
                                       "shift:pixels=1;flip;rotate:degrees=5", "--seed", "3"});
        QCOMPARE(finished["status"].toString(), "finished");
        QVERIFY2(finished["test_accuracy"].toDouble() > 0.5, "it does not learn");
        const QString id = QString::number(finished["run"].toInt());
        const QJsonObject config = json({"show", id, "--notebook", book})["config"].toObject();
        QCOMPARE(config["fit"].toString(), "resize");
        QCOMPARE(config["normalise"].toString(), "channels");
        QCOMPARE(config["augmentation"].toArray().size(), 3);
        const QJsonObject again = json({"evaluate", id, "--notebook", book});
        QVERIFY(std::abs(again["test_accuracy"].toDouble() - finished["test_accuracy"].toDouble()) < 1e-6);
        for (const char* fit : {"pad", "resize"})
            QCOMPARE(trained(base + QStringList{"--fit", fit})["status"].toString(), "finished");
        // Adapted, the network takes the pictures as they are, unless they are to be fitted to it.
        const auto parameters = [&](const QStringList& options) {
            const int run = trained(base + QStringList{"--adapt"} + options)["run"].toInt();
            return json({"show", QString::number(run), "--notebook", book})["parameters"].toInt();
        };
        QCOMPARE(parameters({}), 28 * 28 * 10 + 10);
        QCOMPARE(parameters({"--fit", "resize"}), 3 * 14 * 14 * 10 + 10);
    }
    /// What a template brings along is told at the start and may be overridden.
    void templatesBringTheirSettings() {
        const QStringList base{
            "train",      "template:lenet5",     "--data", "fashion-mnist-small", "--epochs", "1",
            "--notebook", path("lenet.burdock"), "--json"};
        const auto startOf = [&](const QStringList& more) {
            return object(run(base + more).out.split('\n').first());
        };
        QCOMPARE(startOf({})["augmentation"].toString(), "shift");
        QCOMPARE(startOf({"--augment", "none"})["augmentation"].toString(), "");
        QCOMPARE(startOf({"--augment", "flip"})["augmentation"].toString(), "flip");
    }
    /// A template for other data learns what it is given; saved, it can be described and trained; trained on
    /// again, it finds its data.
    void adaptsToTheData() {
        const QString book = path("adapt.burdock");
        const QStringList base{"template:mlp", "--data", "iris", "--epochs", "2", "--notebook", book};
        const Outcome refused = run(QStringList{"train"} + base);
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.err.contains("--adapt"), refused.err.constData());
        const QJsonObject finished = trained(base + QStringList{"--adapt"});
        QCOMPARE(finished["status"].toString(), "finished");
        const QString id = "run:" + QString::number(finished["run"].toInt());
        const QString file = path("saved.json");
        const QJsonObject layers = json({"describe", id, "--notebook", book, "--save", file});
        QCOMPARE(layers["parameters"].toInt(), 4 * 300 + 300 + 300 * 100 + 100 + 100 * 3 + 3);
        QCOMPARE(json({"describe", file})["parameters"], layers["parameters"]);
        QCOMPARE(trained({id, "--epochs", "1", "--notebook", book})["status"].toString(), "finished");
        QCOMPARE(run({"describe", file, "--save", path("none/x.json")}).code, 1);
        QVERIFY(run({"find-rate", "template:mlp", "--data", "iris"}).err.contains("--adapt"));
        QVERIFY(run({"find-rate", "template:mlp", "--data", "iris", "--adapt"}).out.contains("Suggested"));
    }
    /// A model file is not replaced unasked, and what a template brings beside the network is told.
    void savesModels() {
        const QString file = path("lenet.json");
        const Outcome saved = run({"describe", "template:lenet5", "--save", file});
        QCOMPARE(saved.code, 0);
        QVERIFY2(saved.out.contains("--augment \"shift\""), saved.out.constData());
        const Outcome again = run({"describe", "template:mlp", "--save", file});
        QCOMPARE(again.code, 1);
        QVERIFY2(again.err.contains("--force"), again.err.constData());
        QCOMPARE(json({"describe", file})["model"], json({"describe", "template:lenet5"})["model"]);
        QCOMPARE(run({"describe", "template:mlp", "--save", file, "--force"}).code, 0);
        QCOMPARE(json({"describe", file})["parameters"].toInt(), 266610);
        // Through a symbolic link; but nothing that is no plain file is replaced, and no name is refused.
        QVERIFY(QFile::link(file, path("link.json")));
        QCOMPARE(run({"describe", "template:lenet5", "--save", path("link.json"), "--force"}).code, 0);
        QVERIFY(QFileInfo(path("link.json")).isSymLink());
        QCOMPARE(json({"describe", file})["model"], json({"describe", "template:lenet5"})["model"]);
        QVERIFY(QFile::link("loop", path("loop")));
        QCOMPARE(::mkfifo(path("fifo.json").toLocal8Bit().constData(), 0600), 0);
        for (const auto& [name, kind] :
             {std::pair(QString("/dev/full"), "a device"), std::pair(path("fifo.json"), "a pipe"),
              std::pair(path("loop"), "a symbolic link that leads back")}) {
            const Outcome refused = run({"describe", "template:mlp", "--save", name, "--force"});
            QCOMPARE(refused.code, 1);
            QVERIFY2(refused.err.contains(kind), refused.err.constData());
            QCOMPARE(refused.err.count('\n'), 1);
        }
        QVERIFY(QFileInfo(path("loop")).isSymLink());
        for (const char* option : {"--save", "--layer", "--notebook"}) // as of a variable that is not set
            QCOMPARE(run({"describe", "template:mlp", option, ""}).code, 2);
        QCOMPARE(run({"reference", "--output", ""}).code, 2);
        const Outcome unknown = run({"describe", "template:mlp", "--save", path("net.dot")});
        QCOMPARE(unknown.code, 1);
        QVERIFY2(unknown.err.contains("Burdock model (*.json)"), unknown.err.constData());
        QVERIFY(!QFile::exists(path("net.dot")));
    }
    /// A result that a full disk cannot take is printed all the same, and the exit code tells.
    void evaluatesOnAFullDisk() {
        const QString book = path("full.burdock");
        QVERIFY(!trained({model(), "--data", table(), "--epochs", "1", "--notebook", book}).isEmpty());
        QProcess shell;
        shell.setProcessEnvironment(environment());
        shell.start("sh", {"-c", QString("trap '' XFSZ; ulimit -f 0; exec '%1' evaluate 1 --notebook '%2'")
                                     .arg(BURDOCK_CLI, book)});
        QVERIFY(shell.waitForFinished(patience));
        QCOMPARE(shell.exitCode(), 1);
        QVERIFY(shell.readAllStandardOutput().contains("Run 1 on "));
        QVERIFY(shell.readAllStandardError().contains("could not be kept"));
        QCOMPARE(run({"evaluate", "1", "--notebook", book}).code, 0);
    }
    /// Nothing waits for room before anything is trained, and one line says all of it.
    void doesNotBeginOnAFullDisk() {
        const QString book = path("begin.burdock"), started = model() + " --data " + table();
        QVERIFY(!trained({model(), "--data", table(), "--epochs", "1", "--notebook", book}).isEmpty());
        for (const auto& [what, where] : {std::pair(started, book), std::pair(QString("run:1"), book),
                                          std::pair(started, path("none.burdock"))}) {
            QProcess shell;
            shell.setProcessEnvironment(environment());
            shell.start("sh", {"-c", QString("trap '' XFSZ; ulimit -f 0; exec '%1' train %2 --notebook '%3'")
                                         .arg(BURDOCK_CLI, what, where)});
            QVERIFY(shell.waitForFinished(patience));
            QCOMPARE(shell.exitCode(), 1);
            const QByteArray err = shell.readAllStandardError();
            QVERIFY2(err.count('\n') == 1 && err.contains("disk") && !err.contains("waits"), err.constData());
        }
    }
    /// Where memory is limited the program works, or says so in one line before anything is trained: the
    /// libraries would crash, or ask for it for ever.
    void limitedMemoryIsTold_data() {
        QTest::addColumn<QString>("limit");
        QTest::addColumn<int>("kilobytes");
        for (const QString& limit : {QString("v"), QString("d")})
            for (const int kilobytes : {200, 450, 600, 700, 1000})
                QTest::newRow(qPrintable(QString("ulimit -%1, %2 MB").arg(limit).arg(kilobytes)))
                    << limit << kilobytes * 1000;
        for (const int kilobytes : {64, 256, 512})
            QTest::newRow(qPrintable(QString("ulimit -s, %1 kB").arg(kilobytes)))
                << QString("s") << kilobytes;
    }
    void limitedMemoryIsTold() {
#ifdef BURDOCK_INSTRUMENTED
        QSKIP("Sanitizers reserve more than any limit leaves.");
#endif
        QFETCH(QString, limit);
        QFETCH(int, kilobytes);
        for (const QString& command : {QString("train template:lenet5 --epochs 1 --data fashion-mnist-small"),
                                       QString("find-rate template:mlp --data fashion-mnist-small")}) {
            QProcess shell;
            shell.setProcessEnvironment(environment());
            shell.start("sh", {"-c", QString("ulimit -%1 %2; exec '%3' %4")
                                         .arg(limit, QString::number(kilobytes), BURDOCK_CLI, command)});
            QVERIFY(shell.waitForFinished(patience));
            const QByteArray err = shell.readAllStandardError();
            QCOMPARE(shell.exitStatus(), QProcess::NormalExit);
            if (shell.exitCode() == 0) continue;
            QCOMPARE(shell.exitCode(), 1);
            QVERIFY2(err.count('\n') == 1 && err.contains("limit"), err.constData());
            QVERIFY(shell.readAllStandardOutput().isEmpty());
        }
    }
    /// Help needs little, and below that little it is refused as all else is.
    void helpIsToldWithinASmallStack() {
#ifdef BURDOCK_INSTRUMENTED
        QSKIP("Sanitizers need more of the stack.");
#endif
        for (const QString& command : {QString("--help"), QString("train -h"), QString("runs")})
            for (const int kilobytes : {16, 24, 48, 64}) {
                QProcess shell;
                QProcessEnvironment small; // what is in there takes of the stack as well
                small.insert("PATH", qEnvironmentVariable("PATH"));
                shell.setProcessEnvironment(small);
                shell.start("sh", {"-c", QString("ulimit -s %1; exec '%2' %3")
                                             .arg(QString::number(kilobytes), BURDOCK_CLI, command)});
                QVERIFY(shell.waitForFinished(patience));
                const QByteArray out = shell.readAllStandardOutput(), err = shell.readAllStandardError();
                const QByteArray where = command.toUtf8() + ", " + QByteArray::number(kilobytes) + ": " + err;
                QVERIFY2(shell.exitStatus() == QProcess::NormalExit, where);
                const bool told = kilobytes >= 64 && command.contains("-h");
                QVERIFY2(shell.exitCode() == (told ? 0 : 1), where);
                QVERIFY2(out.isEmpty() != told && err.count('\n') == (told ? 0 : 1), where);
                if (!told) QVERIFY2(err.contains("ulimit -s"), where);
            }
    }
    /// One metric for all runs of a task, be the best epoch chosen by another, and validation and test of the
    /// same weights.
    void runsAreToldByOneMetric() {
        const QString book = path("metric.burdock");
        const QStringList base{model(), "--data", table(), "--epochs", "4", "--notebook", book};
        QVERIFY(!trained(base + QStringList{"--epoch-metrics", "all", "--best-metric", "f1"}).isEmpty());
        QVERIFY(!trained(base).isEmpty());
        const QList<QByteArray> lines = run({"runs", "--notebook", book}).out.trimmed().split('\n');
        QVERIFY(lines[0].contains("Metric"));
        for (int id = 1; id <= 2; ++id) {
            const QByteArray line = lines[3 - id];
            const QJsonObject shown = json({"show", QString::number(id), "--notebook", book});
            const QJsonValue best = shown["curve"][shown["best_epoch"].toInt() - 1];
            QVERIFY2(line.contains(" accuracy "), line.constData());
            for (const double share :
                 {best["validation_accuracy"].toDouble(), shown["test_accuracy"].toDouble()})
                QVERIFY2(line.contains(QByteArray::number(share * 100, 'f', 2) + " %"), line.constData());
            for (const char* key : {"validation_loss", "validation_accuracy"})
                QCOMPARE(shown[QStringLiteral("best_%1").arg(QLatin1String(key))], best[QLatin1String(key)]);
        }
        QVERIFY(run({"runs", "--help"}).out.contains("after the best epoch"));
        const QByteArray shown = run({"show", "2", "--notebook", book}).out;
        for (const char* told :
             {"best_metric", "auto (accuracy)", "auto (softmax-cross-entropy)", "by validation accuracy",
              "Validation accuracy, best epoch", "Validation accuracy, last epoch",
              "Test accuracy, best epoch", "Learning rate, last epoch", "Confusion matrix", "square"})
            QVERIFY2(shown.contains(told), told);
        for (const char* raw : {"[]", "0.0\n", "true"})
            QVERIFY2(!shown.contains(raw), raw);
        const QByteArray compared = run({"compare", "1", "2", "--notebook", book}).out;
        for (const char* told : {"Validation accuracy, best epoch", "Training accuracy, last epoch"})
            QVERIFY2(compared.contains(told), told);
        const QByteArray evaluated = run({"evaluate", "2", "--notebook", book}).out;
        QVERIFY2(evaluated.contains("Confusion matrix") && evaluated.contains("round"),
                 evaluated.constData());
    }
    /// Which run's weights a run began with, which checkpoint, and how many arrays of it.
    void firstWeightsAreKept() {
        const QString book = path("first.burdock");
        const QStringList end{"--data", table(), "--notebook", book};
        const Outcome begun =
            run(QStringList{"train", model(), "--epochs", "3", "--checkpoint-every", "1"} + end);
        QCOMPARE(begun.code, 0);
        const auto first = [&](int id) -> QJsonValue {
            return json({"show", QString::number(id), "--notebook", book})["first_weights"];
        };
        QVERIFY(first(1).isNull());
        QVERIFY(!trained(QStringList{"run:1", "--epoch", "2", "--epochs", "1"} + end).isEmpty());
        QCOMPARE(first(2)["run"].toInt(), 1);
        QCOMPARE(first(2)["epoch"].toInt(), 2);
        QCOMPARE(first(2)["taken"].toInt(), 2);
        QByteArray deeper;
        {
            QFile file(model());
            QVERIFY(file.open(QIODevice::ReadOnly));
            deeper = file.readAll();
        }
        deeper.replace(R"({"id": 3, "type": "softmax", "name": "softmax"})",
                       R"({"id": 4, "type": "dense", "name": "more", "params": {"units": 3}},
                          {"id": 3, "type": "softmax", "name": "softmax"})");
        deeper.replace("[2, 3, 0]", "[2, 4, 0], [4, 3, 0]");
        QVERIFY(
            !trained(QStringList{write("deeper.json", deeper), "--weights", "run:1", "--epochs", "1"} + end)
                 .isEmpty());
        QCOMPARE(first(3)["taken"].toInt(), 2);
        QCOMPARE(first(3)["fresh"].toInt(), 2);
        QCOMPARE(first(3)["left_over"].toInt(), 0);
        const QByteArray shown = run({"show", "3", "--notebook", book}).out;
        QVERIFY2(shown.contains("2 arrays taken, 0 adapted, 2 fresh, 0 left over"), shown.constData());
        QVERIFY(!json({"show", "3", "--notebook", book})["config"].toObject().contains("first_weights"));
        QVERIFY(!trained({"run:3", "--epochs", "1", "--notebook", book}).isEmpty()); // its settings are read

        const Outcome none = run(QStringList{"train", model(), "--weights", "run:999"} + end);
        QCOMPARE(none.code, 1);
        QVERIFY2(none.err.contains("There is no run 999"), none.err.constData());
        const Outcome epoch = run(QStringList{"train", "run:1", "--epoch", "7"} + end);
        QVERIFY2(epoch.err.contains("that it has: 1, 2, 3."), epoch.err.constData());
    }
    void countsAreInTheSingularWhereTheyAreOne() {
        const QByteArray model = R"({
            "burdock_model": 1, "name": "One", "nodes": [
                {"id": 1, "type": "input", "name": "input", "params": {"channels": 1, "height": 1, "width": 1}},
                {"id": 2, "type": "dense", "name": "dense", "params": {"units": 1, "bias": false}}],
            "edges": [[1, 2, 0]]})";
        const QByteArray described = run({"describe", write("one.json", model)}).out;
        QVERIFY2(described.contains("1 parameter, 1 multiply-add a sample"), described.constData());
        const QByteArray begun = run({"train", this->model(), "--data", table(), "--epochs", "1", "--batch",
                                      "500", "--notebook", path("one.burdock")})
                                     .out;
        QVERIFY2(begun.contains(" 1 step an epoch"), begun.constData());
    }
    void missingPluginFoldersAreTold() {
        qputenv("BURDOCK_PLUGIN_PATH", "/no/such/folder");
        const Outcome told = run({"templates"});
        qunsetenv("BURDOCK_PLUGIN_PATH");
        QCOMPARE(told.code, 0);
        QVERIFY2(told.err.contains("/no/such/folder"), told.err.constData());
    }
    /// A template's own loss gives way to that of the data's task, one from the command line does not.
    void adaptsTheLoss() {
        const QStringList base{
            "template:perceptron-rule", "--data", "concrete", "--epochs", "1", "--adapt", "--notebook",
            path("loss.burdock")};
        QCOMPARE(trained(base)["status"].toString(), "finished");
        const Outcome refused = run(QStringList{"train"} + base + QStringList{"--loss", "perceptron"});
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.err.contains("Perceptron rule does not fit"), refused.err.constData());
    }
    /// What is proposed is told with its reasons, can be saved, and learns.
    /// Whether the proposal names a loss or leaves it to the task.
    void optionsAreOfTheTasksLoss() {
        for (const QString& used : {model(), QStringLiteral("proposal")}) {
            const Outcome o = run(
                {"train", used, "--data", table(), "--epochs", "1", "--loss-option", "label_smoothing=0.1"});
            QVERIFY2(o.code == 0, o.err.constData());
        }
        const Outcome wrong = run({"train", model(), "--data", table(), "--loss-option", "luck=1"});
        QVERIFY2(wrong.code == 2 && wrong.err.contains("label_smoothing"), wrong.err.constData());
    }
    void proposesForTheData() {
        const QJsonObject told = json({"propose", "concrete"});
        QMap<QString, QString> rows;
        for (const QJsonValue& line : told["proposed"].toArray())
            rows[line.toObject()["what"].toString()] = line.toObject()["value"].toString();
        QCOMPARE(rows["Output activation"], "Softplus"); // strengths are positive
        QCOMPARE(rows["Loss"], "Mean squared error");
        QVERIFY(rows["Hidden layers"].toInt() >= 1 && rows["Neurons per hidden layer"].toInt() >= 10);
        const QString saved = path("proposed.json");
        QCOMPARE(run({"propose", "iris", "--save", saved}).code, 0);
        QCOMPARE(run({"propose", "iris", "--save", saved}).code, 1); // it is there
        QVERIFY(run({"describe", saved}).out.contains("softmax"));
        const QJsonObject learned =
            trained({"proposal", "--data", "iris", "--epochs", "40", "--learning-rate", "0.01", "--notebook",
                     path("proposal.burdock")});
        QVERIFY2(learned["test_accuracy"].toDouble() > 0.8, QJsonDocument(learned).toJson().constData());
        QCOMPARE(run({"train", "proposal"}).code, 2);
    }
    /// A network of another kind is refused with a template that fits, and what is changed is told.
    void adaptsOrNamesATemplate() {
        const QString book = path("kinds.burdock");
        const Outcome refused =
            run({"train", "template:lenet5", "--data", "iris", "--adapt", "--notebook", book});
        QCOMPARE(refused.code, 1);
        QVERIFY2(refused.err.contains("template:classification-mlp"), refused.err.constData());
        const Outcome made = run({"train", "template:classification-mlp", "--data", "digits", "--adapt",
                                  "--epochs", "1", "--notebook", book});
        QCOMPARE(made.code, 0);
        QVERIFY2(made.out.contains("Flatten before dense 1"), made.out.constData());
    }
    void writesText() {
        QByteArray text;
        for (int i = 0; i < 120; ++i)
            text += "abcde fghij ";
        const QString data = write("letters.txt", text) + ":context=8", book = path("text.burdock");
        const QString model = write("writer.json", R"({
            "burdock_model": 1, "name": "Writer", "nodes": [
                {"id": 1, "type": "input", "name": "input", "params": {"channels": 8, "height": 1, "width": 1}},
                {"id": 2, "type": "embedding", "name": "embedding", "params": {"vocabulary": 11, "features": 16}},
                {"id": 3, "type": "gru", "name": "gru", "params": {"units": 24, "return_sequences": true}},
                {"id": 4, "type": "dense", "name": "dense", "params": {"units": 11, "positionwise": true}}],
            "edges": [[1, 2, 0], [2, 3, 0], [3, 4, 0]]})");
        const QJsonObject finished = trained({model, "--data", data, "--epochs", "40", "--learning-rate",
                                              "0.01", "--seed", "1", "--notebook", book});
        QCOMPARE(finished["status"].toString(), "finished");
        const QString id = QString::number(finished["run"].toInt());
        const QStringList asked{"generate", id,  "--prompt",      "abcde f", "--tokens",   "17",
                                "--seed",   "4", "--temperature", "0",       "--notebook", book};
        const QJsonObject written = json(asked);
        QCOMPARE(written["run"].toInt(), finished["run"].toInt());
        QCOMPARE(written["prompt"].toString(), "abcde f");
        QCOMPARE(written["text"].toString(), "ghij abcde fghij ");
        const Outcome plain = run(asked);
        QCOMPARE(plain.code, 0);
        QCOMPARE(plain.out, QByteArray("abcde fghij abcde fghij \n"));
        const QStringList warm{"generate", id, "--tokens", "30", "--temperature", "1.5", "--notebook", book};
        const QString one = json(warm + QStringList{"--seed", "1"})["text"].toString();
        QCOMPARE(json(warm + QStringList{"--seed", "1"})["text"].toString(), one);
        QVERIFY(json(warm + QStringList{"--seed", "2"})["text"].toString() != one);
        const Outcome unknown = run({"generate", id, "--prompt", "%%%", "--notebook", book});
        QCOMPARE(unknown.code, 1);
        QVERIFY(unknown.out.isEmpty());
        QCOMPARE(unknown.err.count('\n'), 1);

        QProcess shell;
        shell.setProcessEnvironment(environment());
        shell.start(
            "sh", {"-c", QString("'%1' generate %2 --notebook '%3' > /dev/full").arg(BURDOCK_CLI, id, book)});
        QVERIFY(shell.waitForFinished(patience));
        QCOMPARE(shell.exitCode(), 1);
        QVERIFY(shell.readAllStandardError().contains("could not be written"));
        // Ctrl+C ends the text, and what there is of it is given.
        QString some;
        for (int wait = 500; some.isEmpty() && wait <= 60'000; wait *= 3) { // until it has begun
            QProcess endless;
            endless.setProcessEnvironment(environment());
            endless.start(BURDOCK_CLI, {"generate", id, "--tokens", "100000", "--notebook", book, "--json"});
            QTest::qWait(wait);
            ::kill(static_cast<pid_t>(endless.processId()), SIGINT);
            QVERIFY(endless.waitForFinished(patience));
            if (endless.exitStatus() == QProcess::CrashExit && endless.exitCode() == SIGINT)
                continue; // on a busy machine it may not have come to its main() yet
            QCOMPARE(endless.exitStatus(), QProcess::NormalExit);
            QCOMPARE(endless.exitCode(), 130);
            some = object(endless.readAllStandardOutput())["text"].toString();
        }
        QVERIFY(!some.isEmpty() && some.size() < 100'000);

        const QJsonObject other =
            trained({"template:regression-mlp", "--data", "concrete", "--epochs", "1", "--notebook", book});
        const Outcome numbers = run({"generate", QString::number(other["run"].toInt()), "--notebook", book});
        QCOMPARE(numbers.code, 1);
        QVERIFY2(numbers.err.contains("text"), numbers.err.constData());
    }
    void labelsOfPixels() {
        const QString book = path("shapes.burdock");
        const QJsonObject shapes = json({"datasets", "shapes:size=32,mask=20"});
        QCOMPARE(shapes["task"].toString(), "multilabel");
        QCOMPARE(shapes["output"].toObject(),
                 (QJsonObject{
                     {"axes", "channels × height × width"}, {"channels", 2}, {"height", 20}, {"width", 20}}));
        const QJsonObject finished = trained({"template:unet64", "--data", "shapes:samples=24", "--epochs",
                                              "2", "--batch", "8", "--notebook", book});
        QCOMPARE(finished["status"].toString(), "finished");
        QCOMPARE(finished["test_metrics"]["f1"]["values"].toArray().size(), 2);
        const QString id = QString::number(finished["run"].toInt());
        const QJsonArray curve = json({"show", id, "--notebook", book})["curve"].toArray();
        QVERIFY(curve[1]["train_loss"].toDouble() < curve[0]["train_loss"].toDouble());
        QVERIFY(run({"evaluate", id, "--notebook", book}).out.contains("F1"));
        const Outcome other =
            run({"train", "template:unet64", "--data", "shapes:mask=20,samples=40", "--notebook", book});
        QCOMPARE(other.code, 1);
        QVERIFY2(other.err.contains("20×20×2"), other.err.constData());
    }
    /// Each of several numbers to predict is told under its name, in its unit.
    void eachTargetIsTold() {
        QFile table(path("two.csv"));
        QVERIFY(table.open(QIODevice::WriteOnly));
        table.write("x,height,price\n");
        for (int i = 0; i < 120; ++i)
            table.write(QByteArray::number(i % 30) + "." + QByteArray::number(i % 7) + "," +
                        QByteArray::number(i % 30 * 0.01) + "," + QByteArray::number(1000 + i % 30 * 100) +
                        "\n");
        table.close();
        const QString book = path("two.burdock");
        const QJsonObject finished = trained({"proposal", "--data", table.fileName() + ":target=height+price",
                                              "--epochs", "3", "--notebook", book});
        const QString id = QString::number(finished["run"].toInt());
        const QJsonObject measured = json({"evaluate", id, "--notebook", book});
        QCOMPARE(measured["targets"].toArray(), (QJsonArray{"height", "price"}));
        const QJsonArray errors = measured["metrics"]["rmse"]["values"].toArray();
        QCOMPARE(errors.size(), 2);
        QVERIFY(errors[1].toDouble() > 100 * errors[0].toDouble()); // in the data's units
        for (const QStringList& command : {QStringList{"evaluate", id}, QStringList{"show", id}}) {
            const QByteArray told = run(command + QStringList{"--notebook", book}).out;
            const QByteArray table = told.mid(told.indexOf("Target"));
            QVERIFY2(table.contains("Root mean squared error") && table.contains("height") &&
                         table.contains("price"),
                     told.constData());
            // Their mean would be of two units.
            QVERIFY(!told.left(told.indexOf("Target")).toLower().contains("root mean squared error"));
        }
    }
    /// Numbers have no accuracy; their errors are told in the data's own units.
    void numbers() {
        const QString book = path("numbers.burdock");
        const QJsonObject finished =
            trained({"template:regression-mlp", "--data", "concrete", "--epochs", "60", "--notebook", book});
        QVERIFY(finished["test_accuracy"].isNull());
        const double mae = finished["test_metrics"]["mae"]["value"].toDouble();
        QVERIFY2(mae > 2 && mae < 8, QByteArray::number(mae)); // MPa; strengths go from 2 to 83
        const double rmse = finished["test_metrics"]["rmse"]["value"].toDouble();
        QVERIFY(std::abs(finished["test_loss"].toDouble() / (rmse * rmse) - 1) < 1e-3); // in MPa²
        const QString id = QString::number(finished["run"].toInt());
        const Outcome evaluated = run({"evaluate", id, "--notebook", book});
        QVERIFY(evaluated.out.contains("R²") && !evaluated.out.contains("accuracy"));
        const Outcome again = run({"train", "run:" + id, "--epochs", "1", "--notebook", book});
        for (const QByteArray& line : again.out.trimmed().split('\n').mid(1))
            QVERIFY2(line.contains("R²"), line.constData());
    }
};

ADD_TEST_CLASS(CliTrainingTest)

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    return burdock::test::runClasses(argc, argv);
}
#include "cli_training_test.moc"
