#include "cli_program.h"

#include <QDirIterator>
#include <QtTest>

#include <sys/stat.h>

/// Drives burdock-cli as a script does.
class CliTest : public QObject, private CliProgram {
    Q_OBJECT

  private slots:
    void helpOfEveryCommand() {
        const Outcome all = run({"--help"});
        QCOMPARE(all.code, 0);
        QVERIFY(all.err.isEmpty());
        for (const char* command :
             {"templates", "describe",  "datasets",   "train",     "find-rate",  "evaluate",
              "generate",  "runs",      "show",       "compare",   "layers",     "initializers",
              "losses",    "metrics",   "optimizers", "schedules", "transforms", "data-formats",
              "importers", "exporters", "reference"}) {
            QVERIFY2(all.out.contains(command), command);
            const Outcome one = run({command, "--help"});
            QCOMPARE(one.code, 0);
            QVERIFY2(one.out.contains("--json"), command);
        }
        const Outcome train = run({"train", "--help"});
        for (const char* option : {"--data", "--epochs", "--batch", "--optimizer", "--learning-rate",
                                   "--seed", "--threads", "--notebook", "--validation-fraction"})
            QVERIFY2(train.out.contains(option), option);
        const Outcome rate = run({"find-rate", "--help"});
        QVERIFY(rate.out.contains("--adapt") && rate.out.contains("--batch"));
        for (const char* idle : {"--epochs", "--patience", "--checkpoint-every", "--learning-rate"})
            QVERIFY2(!rate.out.contains(idle), idle);
        QCOMPARE(run({"--version"}).code, 0);
    }
    void templates() {
        const QJsonArray all = json({"templates"})["templates"].toArray();
        QStringList ids;
        for (const auto& t : all) {
            ids << t.toObject()["id"].toString();
            const bool learns = t.toObject()["parameters"].toInteger() > 0;
            QCOMPARE(learns, !ids.last().startsWith("mcculloch-pitts"));
        }
        for (const char* id : {"perceptron", "mlp", "lenet5", "lecture-cnn", "vgg28"})
            QVERIFY2(ids.contains(id), id);
        QVERIFY(run({"templates"}).out.contains("template:lecture-cnn"));
    }
    void registries() {
        for (const char* command : {"layers", "initializers", "tasks", "losses", "metrics", "optimizers",
                                    "schedules", "transforms", "data-formats", "importers", "exporters"}) {
            const QJsonArray all = json({command})[command].toArray();
            QVERIFY2(!all.isEmpty(), command);
            for (const auto& entry : all) {
                const QString id = entry.toObject()["id"].toString();
                QCOMPARE(json({command, id}), entry.toObject());
            }
            QVERIFY(run({command}).out.contains(all[0].toObject()["id"].toString().toUtf8()));
            const Outcome none = run({command, "no-such"});
            QVERIFY(none.code == 1 && none.err.contains("Give one of: "));
        }
        const Outcome adam = run({"optimizers", "adam"});
        QVERIFY(adam.out.contains("beta1") && adam.out.contains("0.9"));
        QCOMPARE(json({"losses", "hinge"})["expects"].toString(), "scores");
    }
    void reference() {
        const QTemporaryDir folder;
        QVERIFY(run({"reference", "--output", folder.filePath("pages")}).code == 0);
        QFile page(folder.filePath("pages/layers.html"));
        QVERIFY(page.open(QIODevice::ReadOnly));
        const QByteArray html = page.readAll();
        QVERIFY(html.contains("id=\"conv2d\"") && html.contains("<code>filters</code>"));
        const Outcome refused = run({"reference", "--output", "/proc/nowhere"});
        QVERIFY(refused.code == 1 && refused.err.count('\n') == 1);
    }
    void truthTable() {
        const QJsonArray rows = json({"describe", "template:mcculloch-pitts-xor"})["truth_table"].toArray();
        QCOMPARE(rows.size(), 4);
        for (const auto& value : rows) {
            const QJsonArray in = value.toObject()["inputs"].toArray();
            QCOMPARE(value.toObject()["outputs"].toArray(),
                     QJsonArray{in[0].toInt() == in[1].toInt() ? 0 : 1});
        }
        QVERIFY(run({"describe", "template:mcculloch-pitts-and"}).out.contains("x1  x2  y1"));
        QVERIFY(!json({"describe", "template:mlp"}).contains("truth_table"));
    }
    /// Each layer once, be it computed by another one's kernel, by the loss, or not at all.
    void describeKernels() {
        const QJsonObject net = json({"describe", "template:lecture-cnn", "--kernels"});
        QStringList layers;
        QJsonObject byLayer;
        for (const QJsonValue& entry : net["kernels"].toArray()) {
            const QString layer = entry["layer"].toString();
            if (layer.isEmpty()) continue; // a copy between formats
            layers << layer;
            byLayer[layer] = entry;
            QVERIFY2(entry["backend"].toString().isEmpty() == entry["precision"].toString().isEmpty(),
                     qPrintable(layer));
        }
        QStringList wanted;
        for (const QJsonValue& layer : net["layers"].toArray())
            if (layer["type"] != "input") wanted << layer["name"].toString();
        QCOMPARE(layers.size(), wanted.size());
        for (const QString& layer : wanted)
            QVERIFY2(byLayer.contains(layer), qPrintable(layer));
        QCOMPARE(byLayer[wanted.back()][QStringLiteral("within")], "the loss"); // softmax under cross-entropy
        QVERIFY(!json({"describe", "template:lecture-cnn"}).contains("kernels"));
        const QString text = run({"describe", "template:gpt-nano", "--kernels"}).out;
        QVERIFY(text.contains("Runs on"));
        QVERIFY(text.contains("Armadillo · reference")); // the embedding has no other
        QVERIFY(text.contains("no other kernel is written for this layer"));
    }
    void describe() {
        const QJsonObject mlp = json({"describe", "template:mlp"});
        QCOMPARE(mlp["parameters"].toInteger(), 266610);
        const QJsonObject cnn = json({"describe", "template:lecture-cnn"});
        QCOMPARE(cnn["parameters"].toInteger(), 1413834);
        qint64 parameters = 0, macs = 0;
        bool convolution = false;
        for (const auto& value : cnn["layers"].toArray()) {
            const QJsonObject layer = value.toObject();
            QVERIFY(!layer["name"].toString().isEmpty());
            for (const char* key : {"channels", "height", "width"})
                QVERIFY(layer["output"].toObject()[key].toInteger() > 0);
            parameters += layer["parameters"].toInteger();
            macs += layer["macs"].toInteger();
            if (layer["type"] == "conv2d" && layer["parameters"].toInteger() == 3200) {
                convolution = true; // 64 filters of 7×7 on one channel
                QCOMPARE(layer["output"].toObject(), (QJsonObject{{"axes", "channels × height × width"},
                                                                  {"channels", 64},
                                                                  {"height", 28},
                                                                  {"width", 28}}));
                QCOMPARE(layer["macs"].toInteger(), 64 * 49 * 28 * 28);
            }
        }
        QVERIFY(convolution);
        QCOMPARE(parameters, cnn["parameters"].toInteger());
        QCOMPARE(macs, cnn["macs"].toInteger());
        QCOMPARE(json({"describe", model()})["parameters"].toInteger(), 9);
        QVERIFY(run({"describe", "template:mlp"}).out.contains("266,610 parameters"));
        QCOMPARE(json({"describe", "template:mlp"})["trainable_parameters"].toInteger(), 266610);
    }
    void datasets() {
        QStringList ids;
        for (const auto& value : json({"datasets"})["datasets"].toArray()) {
            const QJsonObject d = value.toObject();
            ids << d["id"].toString();
            QVERIFY(d["available"].toBool() || !d["unavailable"].toString().isEmpty());
        }
        QVERIFY(ids.contains("fashion-mnist") && ids.contains("iris"));
        const QJsonObject iris = json({"datasets", "iris"});
        QCOMPARE(iris["train_size"].toInt(), 150);
        QCOMPARE(iris["classes"].toArray().size(), 3);
        QCOMPARE(json({"datasets", table()})["features"].toArray().size(), 2);
        QVERIFY(run({"datasets"}).out.contains("fashion-mnist-small"));
    }
    void errorsAreOneLine_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const QStringList& arguments, int code, const QString& says) {
            QTest::newRow(name) << arguments << code << says;
        };
        const QString small = model(), data = table(), book = path("errors.burdock"), folder = path("");
        row("no command", {}, 2, "required");
        row("unknown command", {"fly"}, 2, "\"fly\"");
        row("unknown option", {"templates", "--fast"}, 2, "--fast");
        row("no model", {"describe"}, 2, "MODEL");
        row("no data", {"train", small}, 2, "--data");
        row("epochs 0", {"train", small, "--data", data, "--epochs", "0"}, 2, "--epochs");
        row("batch of words", {"train", small, "--data", data, "--batch", "many"}, 2, "--batch");
        row("learning rate", {"train", small, "--data", data, "--learning-rate", "-1"}, 2, "--learning-rate");
        row("optimizer", {"train", small, "--data", data, "--optimizer", "luck"}, 2, "adam");
        row("optimizer option", {"train", small, "--data", data, "--optimizer-option", "x=1"}, 2, "beta1");
        row("loss", {"train", small, "--data", data, "--loss", "luck"}, 2, "mse");
        row("metric of a schedule", {"train", small, "--data", data, "--schedule-option", "steps=1"}, 2,
            "schedule");
        row("transform", {"train", small, "--data", data, "--augment", "spin"}, 2, "rotate");
        row("transform's setting", {"train", small, "--data", data, "--augment", "shift:pixels=x"}, 2,
            "pixels");
        row("fit", {"train", small, "--data", data, "--fit", "squeeze"}, 2, "resize");
        row("value missing", {"train", small, "--data", data, "--epochs"}, 2, "--epochs needs a value: N.");
        row("empty model", {"describe", ""}, 2, "MODEL is empty");
        row("surplus argument", {"describe", small, small}, 2, "small.json");
        row("resume a template", {"train", "template:mlp", "--resume"}, 2, "template:mlp");
        row("resume with augmentation", {"train", "run:1", "--resume", "--augment", "flip"}, 2, "--resume");
        row("weights", {"generate", "1", "--weights", "good"}, 2, "good");
        row("checkpoint", {"evaluate", "1", "--checkpoint", "best"}, 2, "2147483647");
        row("name", {"train", small, "--data", data, "--name", QString(300, u'x')}, 2, "200 characters");
        row("temperature", {"generate", "1", "--temperature", "-1"}, 2, "--temperature");
        row("option of data", {"train", small, "--data", "moons:nois=1", "--notebook", book}, 1, "nois");
        row("augmented table", {"train", small, "--data", data, "--augment", "flip", "--notebook", book}, 1,
            "pictures");
        row("no such layer", {"describe", "template:mlp", "--layer", "nowhere"}, 1, "such as \"dense");
        row("template without its prefix", {"describe", "mlp"}, 1, "template:mlp");
        row("nothing to learn",
            {"train", "template:mcculloch-pitts-and", "--data", "xor", "--notebook", book}, 1,
            "nothing to learn");
        row("too large", {"train", "template:gpt3", "--data", "pride-and-prejudice", "--notebook", book}, 1,
            "Training it takes");
        row("a folder", {"describe", folder}, 1, "folder");
        row("run is no number", {"show", "first"}, 2, "first");
        row("one run to compare", {"compare", "1"}, 2, "2");
        row("template", {"describe", "template:none"}, 1, "template:none");
        row("no such file", {"describe", "none.json"}, 1, "none.json");
        row("no JSON", {"describe", write("text.json", "{ \"nodes\": [")}, 1, "text.json");
        row("other JSON", {"describe", write("other.json", "[1, 2]")}, 1, "other.json");
        row("broken model",
            {"describe", write("broken.json", R"({"burdock_model": 1, "name": "x", "nodes": [
                {"id": 1, "type": "input", "name": "input"}, {"id": 2, "type": "dense", "name": "lonely"}], "edges": []})"),
             "--json"},
            1, "broken.json, ");
        row("data set", {"train", small, "--data", "none", "--notebook", book}, 1, "none");
        row("data of other shape", {"train", small, "--data", "iris", "--notebook", book}, 1, "input");
        row("bad table", {"train", small, "--data", write("bad.csv", "a,b\n1,2\n3\n"), "--notebook", book}, 1,
            "line 3");
        row("no notebook", {"runs", "--notebook", path("none.burdock")}, 1, "none.burdock");
        row("foreign notebook", {"runs", "--notebook", write("foreign.burdock", "no database")}, 1,
            "foreign.burdock");
        row("no run", {"evaluate", "1", "--notebook", path("none.burdock")}, 1, "none.burdock");
    }
    void errorsAreOneLine() {
        QFETCH(QStringList, arguments);
        QFETCH(int, code);
        QFETCH(QString, says);
        const Outcome o = run(arguments);
        QVERIFY2(o.err.contains(says.toUtf8()), o.err.constData());
        QCOMPARE(o.code, code);
        QCOMPARE(o.err.count('\n'), 1);
        QVERIFY2(o.out.isEmpty(), o.out.constData());
        QVERIFY(!QFile::exists(path("none.burdock")));
    }
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
            for (const char* key : {"train_loss", "train_accuracy", "validation_loss", "validation_accuracy",
                                    "samples_per_second"})
                QVERIFY2(events[i][key].isDouble(), key);
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
    /// Several models, two at once: each has its own run.
    void severalAreTrained() {
        const QString book = path("several.burdock");
        const QStringList base{"--data", table(), "--epochs", "2", "--notebook", book, "--jobs", "2"};
        const Outcome three =
            run(QStringList{"train", model(), model(), model()} + base + QStringList{"--json"});
        QCOMPARE(three.code, 0);
        QSet<int> begun, finished;
        for (const QByteArray& line : three.out.trimmed().split('\n')) {
            const QJsonObject event = object(line);
            if (event["event"] == "start") begun << event["run"].toInt();
            if (event["event"] == "epoch") QVERIFY(begun.contains(event["run"].toInt()));
            if (event["event"] == "finished") finished << event["run"].toInt();
        }
        QCOMPARE(begun, (QSet<int>{1, 2, 3}));
        QCOMPARE(finished, begun);
        // One that cannot be trained is found before the first begins.
        const Outcome mixed = run(QStringList{"train", model(), "template:lecture-cnn"} + base);
        QCOMPARE(mixed.code, 1);
        QVERIFY2(mixed.out.isEmpty(), mixed.out.constData());
        QCOMPARE(mixed.err.count('\n'), 1);
        QVERIFY2(mixed.err.contains("template:lecture-cnn, ") && mixed.err.contains("--adapt"),
                 mixed.err.constData());
        QCOMPARE(json({"runs", "--notebook", book})["runs"].toArray().size(), 3);
        QCOMPARE(run(QStringList{"train", model(), model(), "--name", "one"} + base).code, 2);
    }
    /// Whatever the user's locale, files, options and messages have a point.
    void numbersDoNotFollowTheLocale_data() {
        QTest::addColumn<QString>("language");
        QTest::newRow("German") << "de_DE";
        QTest::newRow("Hungarian") << "hu_HU";
    }
    void numbersDoNotFollowTheLocale() {
        QFETCH(QString, language);
        const QString locale = language + ".UTF-8";
        if (QProcess::execute("localedef", {"-i", language, "-f", "UTF-8", path(locale)}) != 0)
            QSKIP("There is no localedef, or no such locale to make.");
        QProcess process;
        auto foreign = environment();
        foreign.insert("LOCPATH", path(""));
        foreign.insert("LC_ALL", locale);
        process.setProcessEnvironment(foreign);
        const auto said = [&](const QStringList& arguments) {
            process.start(BURDOCK_CLI, arguments);
            return process.waitForFinished(patience) ? process.readAllStandardOutput() : QByteArray();
        };
        const QStringList describe{"describe", "template:mlp"};
        const QByteArray shown = said(describe);
        QVERIFY(shown.contains("."));
        QCOMPARE(shown, run(describe).out);
        const QString book = path(language + ".burdock");
        QVERIFY(!said({"train", model(), "--data", table(), "--epochs", "1", "--learning-rate", "0.25",
                       "--notebook", book})
                     .isEmpty());
        QCOMPARE(
            json({"show", "1", "--notebook", book})["config"][QStringLiteral("learning_rate")].toDouble(),
            0.25);
    }
    /// Started without standard streams, the program prints nothing over the notebook that it opens.
    void closedStreamsDoNotHarmTheNotebook() {
        const QString book = path("closed.burdock");
        QCOMPARE(run({"train", model(), "--data", table(), "--epochs", "1", "--notebook", book}).code, 0);
        QProcess shell;
        shell.setProcessEnvironment(environment());
        shell.start("sh", {"-c", QString("'%1' show 1 --notebook '%2' <&- >&- 2>&-").arg(BURDOCK_CLI, book)});
        QVERIFY(shell.waitForFinished(patience));
        QCOMPARE(shell.exitCode(), 0);
        QCOMPARE(json({"show", "1", "--notebook", book})["status"].toString(), "finished");
    }
    void whatCannotBeWrittenIsTold() {
        QProcess shell;
        shell.setProcessEnvironment(environment());
        for (const char* command : {"templates", "--version", "--help", "train --help"}) {
            shell.start("sh", {"-c", QString("'%1' %2 > /dev/full").arg(BURDOCK_CLI, command)});
            QVERIFY(shell.waitForFinished(patience));
            QCOMPARE(shell.exitCode(), 1);
            QVERIFY2(shell.readAllStandardError().contains("could not be written"), command);
        }
        // No file may grow: a disk that takes no more.
        const QString folder = path("reference");
        shell.start("sh",
                    {"-c", QString("ulimit -f 0; '%1' reference --output '%2'").arg(BURDOCK_CLI, folder)});
        QVERIFY(shell.waitForFinished(patience));
        QCOMPARE(shell.exitCode(), 1);
        QVERIFY(shell.readAllStandardError().contains("The page cannot be written"));
        QVERIFY(QDir(folder).entryList(QDir::Files).isEmpty());
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
    /// Where the nodes lie is no part of the architecture, within blocks neither.
    void positionsAreNoArchitecture() {
        const QString book = path("architecture.burdock");
        const auto architecture = [&](const char* name, const char* position, const char* units) {
            const QString file = write(name, R"({"burdock_model": 1, "name": "Nested", "nodes": [
                {"id": 1, "type": "input", "name": "input", "params": {"channels": 2, "height": 1, "width": 1}},
                {"id": 2, "type": "block", "name": "block", "body": {"nodes": [
                    {"id": 1, "type": "input", "name": "in", "params": {"channels": 2, "height": 1, "width": 1}},
                    {"id": 2, "type": "dense", "name": "inner", "params": {"units": )" +
                                                 QByteArray(units) + R"(}, "position": )" + position + R"(}],
                    "edges": [[1, 2, 0]]}},
                {"id": 3, "type": "dense", "name": "outer", "params": {"units": 3}},
                {"id": 4, "type": "softmax", "name": "softmax"}],
            "edges": [[1, 2, 0], [2, 3, 0], [3, 4, 0]]})");
            const Outcome o = run({"train", file, "--data", table(), "--epochs", "1", "--notebook", book});
            if (o.code != 0) qWarning("%s", o.err.constData());
            return json({"runs", "--notebook", book})["runs"]
                .toArray()[0]
                .toObject()["architecture"]
                .toString();
        };
        const QString one = architecture("one.json", "[0, 0]", "5");
        QVERIFY(!one.isEmpty());
        QCOMPARE(architecture("two.json", "[300, 70]", "5"), one);
        QVERIFY(architecture("three.json", "[0, 0]", "6") != one);
    }
    /// What speaks against the settings is said, once each, and what it advises mends it.
    void adviceIsPrinted() {
        const QString book = path("advice.burdock");
        const QStringList settings{"--data",          "iris", "--loss", "hinge", "--epochs",   "60",
                                   "--learning-rate", "0.05", "--seed", "1",     "--notebook", book};
        const auto net = [&](const char* name, const char* softmax, const char* edge) {
            return write(name, R"({"burdock_model": 1, "name": "Iris", "nodes": [
                {"id": 1, "type": "input", "name": "input", "params": {"channels": 4, "height": 1, "width": 1}},
                {"id": 2, "type": "dense", "name": "dense", "params": {"units": 3}})" +
                                   QByteArray(softmax) + "], \"edges\": [[1, 2, 0]" + edge + "]}");
        };
        const QString squashed =
            net("squashed.json", R"(, {"id": 3, "type": "softmax", "name": "softmax"})", ", [2, 3, 0]");
        const Outcome advised = run(QStringList{"train", squashed} + settings);
        QCOMPARE(advised.code, 0);
        QCOMPARE(advised.err.count('\n'), 1);
        QVERIFY2(advised.err.contains("Hinge") && advised.err.contains("Remove it."),
                 advised.err.constData());
        const Outcome mended = run(QStringList{"train", net("mended.json", "", "")} + settings);
        QCOMPARE(mended.code, 0);
        QVERIFY2(mended.err.isEmpty(), mended.err.constData());
        const QJsonObject tested = json({"evaluate", "2", "--notebook", book});
        QVERIFY2(tested["metrics"].toObject()["accuracy"].toObject()["value"].toDouble() > 0.85,
                 QJsonDocument(tested).toJson().constData());
    }
    /// What is no plain file may never end; a model larger than any is refused before it is read.
    void onlyPlainFilesAreRead() {
        const QString pipe = path("pipe");
        QCOMPARE(::mkfifo(pipe.toLocal8Bit().constData(), 0600), 0);
        for (const QString& name : {pipe, QString("/dev/zero")}) {
            const Outcome o = run({"describe", name});
            QCOMPARE(o.code, 1);
            QVERIFY2(o.err.contains("plain file"), o.err.constData());
        }
        QFile huge(path("huge.json"));
        QVERIFY(huge.open(QIODevice::WriteOnly) && huge.resize(180'000'000));
        const Outcome o = run({"describe", huge.fileName()});
        QCOMPARE(o.code, 1);
        QVERIFY2(o.err.contains("At most 8 MB"), o.err.constData());
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
    void findsRateAndTellsMemory() {
        const QJsonObject found = json({"find-rate", model(), "--data", table()});
        QVERIFY(found["points"].toArray().size() > 10);
        const QJsonObject memory = json({"describe", "template:mlp", "--batch", "64"})["memory"].toObject();
        double sum = 0;
        for (const char* key : {"weights", "gradients", "slots", "activations", "checkpoints"}) {
            QVERIFY2(memory[key].toDouble() > 0, key);
            sum += memory[key].toDouble();
        }
        QCOMPARE(memory["total"].toDouble(), sum);
        QVERIFY(memory["slots"].toDouble() >= 2 * memory["gradients"].toDouble());
    }
};

QTEST_GUILESS_MAIN(CliTest)
#include "cli_test.moc"
