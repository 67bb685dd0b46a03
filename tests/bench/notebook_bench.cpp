// notebook_bench [RUNS]: how long opening a large notebook takes, how many steps a second are kept, and how
// long a run's end takes, before which its weights are read. Prints one JSON object.
#include "storage/notebook/notebook.h"
#include "storage/notebook/run_writer.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

#include <algorithm>
#include <array>
#include <cstdio>

using namespace burdock::storage;

namespace {

constexpr int epochs = 10;
constexpr qint64 stepsPerEpoch = 1875;

template <class T>
T need(Outcome<T> outcome) {
    if (!outcome) qFatal("%s", qPrintable(outcome.error().oneLine()));
    if constexpr (!std::is_void_v<T>) return std::move(*outcome);
}

void addRun(Notebook& notebook, int number) {
    RunStart start;
    start.name = QStringLiteral("run %1").arg(number);
    start.graphJson = QByteArray(6000, 'g');
    start.configJson = QByteArray(1500, 'c');
    auto writer = need(notebook.startRun(start));
    static const QStringList names{"train.loss", "train.accuracy", "learning_rate"};
    static const NamedValues values{{"train.loss", 0.5},      {"train.accuracy", 0.8},
                                    {"validation.loss", 0.6}, {"validation.accuracy", 0.75},
                                    {"validation.f1", 0.74},  {"validation.top_5", 0.98},
                                    {"learning_rate", 1e-3}};
    qint64 step = 0;
    for (qint64 epoch = 1; epoch <= epochs; ++epoch) {
        for (qint64 i = 0; i < stepsPerEpoch; ++i) {
            ++step;
            writer->step(step, names, std::array{1.0f / float(step), 0.5f, 1e-3f});
        }
        writer->epoch({epoch, step, values, 1000, 30});
    }
    need(writer->finish(RunState::Finished, 300, {{"test.loss", 0.6}, {"test.accuracy", 0.9}}));
}

/// The time from when all is written but the end. Weights of 10 MB a checkpoint.
double endOf(Notebook& notebook, int megabytes) {
    auto writer = need(notebook.startRun({}));
    const auto values = std::make_shared<QByteArray>(10'000'000, 'w');
    for (int i = 0; i < megabytes / 10; ++i) {
        auto data = std::make_shared<CheckpointData>();
        data->info = {{}, CheckpointKind::Manual, 0, i, 0, QDateTime::currentDateTimeUtc()};
        data->tensors = {
            {{QStringLiteral("weights"), QStringLiteral("w"), {values->size() / 4}, values->size()},
             values->constData()}};
        data->owner = values;
        writer->checkpoint(std::move(data));
        (void)writer->awaitCheckpoints();
    }
    need(notebook.flush());
    QElapsedTimer timer;
    timer.start();
    need(writer->finish(RunState::Finished, 1));
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

double milliseconds(const QElapsedTimer& timer) {
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

} // namespace

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    const int runs = argc > 1 ? std::max(1, QByteArray(argv[1]).toInt()) : 1000;
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("bench.burdock"));
    QJsonObject figures{{QStringLiteral("benchmark"), QStringLiteral("notebook")},
                        {QStringLiteral("runs"), runs}};
    QElapsedTimer timer;
    {
        auto notebook = need(Notebook::open(path));
        timer.start();
        for (int i = 1; i <= runs; ++i)
            addRun(*notebook, i);
        const double seconds = milliseconds(timer) / 1e3;
        figures[QStringLiteral("write_steps_per_second")] = double(runs) * epochs * stepsPerEpoch / seconds;
        figures[QStringLiteral("write_runs_per_second")] = runs / seconds;
    }
    figures[QStringLiteral("file_megabytes")] = double(QFileInfo(path).size()) / 1e6;
    timer.start();
    auto notebook = need(Notebook::open(path));
    figures[QStringLiteral("open_ms")] = milliseconds(timer);
    const auto listed = need(notebook->runs());
    figures[QStringLiteral("open_and_list_ms")] = milliseconds(timer);
    timer.start();
    need(notebook->steps(listed.first().id));
    figures[QStringLiteral("read_curve_ms")] = milliseconds(timer);
    timer.start();
    need(notebook->setSetting(QStringLiteral("a"), QStringLiteral("b")));
    figures[QStringLiteral("small_write_ms")] = milliseconds(timer);
    timer.start();
    (void)notebook->setting(QStringLiteral("a"));
    figures[QStringLiteral("small_read_ms")] = milliseconds(timer);
    // The last one is in a notebook of more than a gigabyte, of which next to nothing is its own.
    for (const int megabytes : {100, 1000, 0})
        figures[QStringLiteral("end_of_%1_megabytes_ms").arg(megabytes)] = endOf(*notebook, megabytes);
    std::printf("%s\n", QJsonDocument(figures).toJson(QJsonDocument::Compact).constData());
    return 0;
}
