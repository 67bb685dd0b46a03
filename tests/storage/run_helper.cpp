// A program that trains nothing but writes like a trainer, for the tests to run beside them and to kill.
// run_helper FILE STEPS: writes so many steps and ends (0: until it is killed). Prints the run's id, and then
// "milliseconds step" for what was told so far.
#include "support.h"

#include <QElapsedTimer>

#include <cstdio>
#include <thread>

using namespace burdock::storage;

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    if (argc < 3) return 2;
    const qint64 steps = QByteArray(argv[2]).toLongLong();
    auto notebook = Notebook::open(QFile::decodeName(argv[1]));
    const auto refused = [](const StorageError& error) {
        std::fprintf(stderr, "%s\n", qPrintable(error.oneLine()));
        return 1;
    };
    if (!notebook) return refused(notebook.error());
    auto writer = (*notebook)->startRun(sampleStart(QStringLiteral("helper")));
    if (!writer) return refused(writer.error());
    std::printf("%lld\n", static_cast<long long>((*writer)->id().value));
    std::fflush(stdout);
    QElapsedTimer timer;
    timer.start();
    for (qint64 step = 1; steps == 0 || step <= steps; ++step) {
        writeStep(**writer, step, lossOf(step), 0.5f);
        if (step % 200 == 0) {
            (*writer)->epoch(epochRow(step / 200, step, 1, 1, 1, 1, 1, 1));
            (*writer)->checkpoint(packed(CheckpointKind::Last, step / 200, step,
                                         QByteArray(1'000'000, char(step / 200 % 128))));
        }
        if (step % 5 != 0) continue;
        std::printf("%lld %lld\n", static_cast<long long>(timer.elapsed()), static_cast<long long>(step));
        std::fflush(stdout);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    auto done = (*writer)->finish(RunState::Finished, 1);
    for (int i = 0; i < 2 && !done; ++i) // as a session does, but with less patience
        done = (*writer)->finish(RunState::Finished, 1);
    if (done) return 0;
    const auto rest = (*writer)->keepRest();
    std::fprintf(stderr, "%s What is missing %s %s\n", qPrintable(done.error().oneLine()),
                 rest ? "is kept in" : "could not be kept in a file of its own either:",
                 qPrintable(rest ? *rest : rest.error().oneLine()));
    return 1;
}
