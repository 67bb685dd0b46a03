#pragma once

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

/// burdock-cli driven as a script does, in a folder of its own with a default notebook of its own.
class CliProgram {
  public:
    /// How long is waited for what is to come, in milliseconds: for as long as a machine that is busy with
    /// much else may take.
    static constexpr int patience = 240'000;

    struct Outcome {
        int code = -1;
        QByteArray out, err;
    };
    Outcome run(const QStringList& arguments) const { return run(arguments, environment()); }
    Outcome run(const QStringList& arguments, const QProcessEnvironment& environment) const {
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start(BURDOCK_CLI, arguments);
        if (!process.waitForFinished(patience)) qFatal("burdock-cli does not end");
        if (process.exitStatus() != QProcess::NormalExit) qFatal("burdock-cli crashed");
        return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    }
    QProcessEnvironment environment() const {
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.remove("DISPLAY"); // no window is needed
        environment.remove("QT_QPA_PLATFORM");
        environment.insert("BURDOCK_NOTEBOOK", folder_.filePath("default.burdock"));
        return environment;
    }
    /// One object on one line; empty if it is anything else.
    static QJsonObject object(const QByteArray& line) {
        QJsonParseError error;
        const auto document = QJsonDocument::fromJson(line, &error);
        if (error.error != QJsonParseError::NoError || line.trimmed().contains('\n')) return {};
        return document.object();
    }
    QJsonObject json(QStringList arguments) const {
        const Outcome o = run(arguments << "--json");
        if (o.code != 0) qWarning("%d %s", o.code, o.err.constData());
        return o.code == 0 && o.err.isEmpty() ? object(o.out) : QJsonObject();
    }
    QString write(const QString& name, const QByteArray& text) const {
        QFile file(folder_.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size()) qFatal("cannot write");
        return file.fileName();
    }
    /// Two features, three classes.
    QString table() const {
        QByteArray text = "a,b,kind\n";
        for (int i = 0; i < 120; ++i)
            text += QByteArray::number(i % 7 + (i % 2) * 10) + "," +
                    QByteArray::number(i % 5 - (i % 2) * 10) + "," +
                    (i % 3 == 0   ? "round"
                     : i % 3 == 1 ? "square"
                                  : "flat") +
                    "\n";
        return write("table.csv", text);
    }
    QString model() const {
        return write("small.json", R"({
            "burdock_model": 1, "name": "Small", "nodes": [
                {"id": 1, "type": "input", "name": "input", "params": {"channels": 2, "height": 1, "width": 1}},
                {"id": 2, "type": "dense", "name": "dense", "params": {"units": 3}},
                {"id": 3, "type": "softmax", "name": "softmax"}],
            "edges": [[1, 2, 0], [2, 3, 0]]})");
    }
    QString path(const QString& name) const { return folder_.filePath(name); }
    /// Trains until the first epoch is through, then interrupts as Ctrl+C does. The exit code.
    int interruptAfterAnEpoch(const QStringList& arguments, QByteArray* out,
                              const QList<int>& signalsSent = {SIGINT}) const {
        QProcess process;
        process.setProcessEnvironment(environment());
        process.start(BURDOCK_CLI, arguments);
        while (!out->contains("\"epoch\",") && process.waitForReadyRead(patience))
            *out += process.readAllStandardOutput();
        for (const int number : signalsSent) {
            ::kill(static_cast<pid_t>(process.processId()), number);
            QTest::qSleep(20); // so that they are not taken for one
        }
        if (!process.waitForFinished(patience)) qFatal("burdock-cli does not stop");
        *out += process.readAllStandardOutput();
        return process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    }

  private:
    QTemporaryDir folder_;
};
