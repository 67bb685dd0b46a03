#include "cli_program.h"
#include "support/several.h"

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
        QVERIFY(run({"predict", "--help"}).out.contains("--set COLUMN=VALUE  "));
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
            QVERIFY2(!t.toObject()["group"].toString().isEmpty(), qPrintable(ids.last()));
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
        QVERIFY(!text.contains("Armadillo"));
    }
    /// Of each layer one row, or two where values may be kept in bfloat16.
    void kernelsOfLayers() {
        const QJsonArray rows = json({"kernels", "--layers"})["layers"].toArray();
        QStringList single;
        for (const QJsonValue& row : rows)
            if (row["precision"] == "f32") single << row["layer"].toString();
        QStringList wanted;
        for (const QJsonValue& layer : json({"layers"})["layers"].toArray())
            if (layer["id"] != "input") wanted << layer["id"].toString();
        QCOMPARE(single, wanted);
        const QString text = run({"kernels", "--layers"}).out;
        QVERIFY(text.contains("Runs on") && text.contains("nothing to compute")); // reshape
        QVERIFY(text.contains("Armadillo · reference"));                          // noise
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
        row("epochs beyond any integer", {"train", small, "--data", data, "--epochs", "99999999999999999999"},
            2, "99999999999999999999 is out of range.");
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
        const Outcome read = run({"datasets", pipe});
        QCOMPARE(read.code, 1);
        QVERIFY2(read.err.contains("It is a pipe."), read.err.constData());
        // No notebook is made for what cannot be trained on.
        const QString book = path("of a pipe.burdock");
        QCOMPARE(run({"train", model(), "--data", pipe, "--notebook", book}).code, 1);
        QVERIFY(!QFile::exists(book));
        QFile huge(path("huge.json"));
        QVERIFY(huge.open(QIODevice::WriteOnly) && huge.resize(180'000'000));
        const Outcome o = run({"describe", huge.fileName()});
        QCOMPARE(o.code, 1);
        QVERIFY2(o.err.contains("At most 8 MB"), o.err.constData());
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

ADD_TEST_CLASS(CliTest)

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    return burdock::test::runClasses(argc, argv);
}
#include "cli_test.moc"
