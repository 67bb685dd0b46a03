// Trains many small runs one after another in one window, and tells whether anything grows: prints one JSON
// line for every tenth part of them, and ends with 1 if memory, handles or threads grew over the second half.
//
//     window_soak [RUNS] [AT_ONCE]

#include "app/main_window.h"
#include "app/train_place.h"
#include "app/workspace.h"
#include "notebook/notebook_place.h"
#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"
#include "session/thread_policy.h"
#include "theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <malloc.h>
#include <vector>

using namespace burdock;

namespace {

struct Usage {
    double megabytes = 0; ///< resident
    double heap = 0;      ///< in use, MB
    int handles = 0, threads = 0;
};

Usage usage() {
    Usage now;
    QFile status(QStringLiteral("/proc/self/status"));
    if (status.open(QIODevice::ReadOnly))
        for (const QByteArray& line : status.readAll().split('\n')) {
            if (line.startsWith("VmRSS:"))
                now.megabytes = line.mid(6).simplified().split(' ')[0].toDouble() / 1000;
            if (line.startsWith("Threads:")) now.threads = line.mid(8).trimmed().toInt();
        }
    now.handles = static_cast<int>(QDir(QStringLiteral("/proc/self/fd"))
                                       .entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)
                                       .size());
    now.heap = static_cast<double>(mallinfo2().uordblks) / 1e6;
    return now;
}

} // namespace

int main(int argc, char** argv) {
    adoptThreadPolicy(argv);
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("Burdock soak"));
    QApplication app(argc, argv);
    const int wanted = argc > 1 ? QByteArray(argv[1]).toInt() : 1000;
    const int atOnce = argc > 2 ? QByteArray(argv[2]).toInt() : 1;
    Theme::instance().install(app);
    DatasetCatalog catalog;
    loadPlugins(pluginFolders(), Registries(catalog));
    const QTemporaryDir folder;
    auto notebook = storage::Notebook::open(folder.filePath(QStringLiteral("soak.burdock")));
    if (!notebook) return 1;
    MainWindow window(std::make_unique<Workspace>(*notebook, catalog));
    Workspace& workspace = window.workspace();
    workspace.reopen();
    workspace.newFromTemplate("classification-mlp");
    workspace.settings().setDataset(QStringLiteral("wine"));
    TrainConfig config = workspace.settings().config();
    config.epochs = 3;
    workspace.settings().setConfig(config);
    workspace.queue().setAtOnce(atOnce);
    window.resize(1440, 900);
    window.show();
    QElapsedTimer clock;
    clock.start();
    while (!workspace.dataset().data() && clock.elapsed() < 10'000)
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    while (workspace.isChecking())
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    if (const QString why = workspace.whyNotTrainable(); !why.isEmpty()) {
        std::fprintf(stderr, "window_soak: %s\n", qPrintable(why));
        return 1;
    }
    int ended = 0, failed = 0;
    QObject::connect(&workspace.queue(), &RunQueue::finished, &app,
                     [&](storage::RunId, const FinishRecord& record) {
                         ++ended;
                         failed += record.status != RunStatus::Finished;
                     });
    QObject::connect(&workspace.queue(), &RunQueue::refused, &app, [&](const Diagnostic& why) {
        std::fprintf(stderr, "window_soak: %s\n", oneLine(why).c_str());
        ++ended;
        ++failed;
    });
    std::vector<Usage> told;
    int asked = 0;
    const auto goOn = [&] {
        while (asked < wanted && asked - ended < 2 * atOnce) {
            workspace.train();
            // The places in turn, as a user looks around.
            window.goTo(static_cast<MainWindow::Place>(++asked % 3));
        }
        if (const int tenth = std::max(1, wanted / 10);
            ended / tenth > static_cast<int>(told.size()) && static_cast<int>(told.size()) < 10) {
            const Usage& u = told.emplace_back(usage());
            std::printf("{\"runs\":%d,\"seconds\":%.0f,\"resident_mb\":%.1f,\"heap_mb\":%.2f,\"handles\":%d,"
                        "\"threads\":%d}\n",
                        ended, static_cast<double>(clock.elapsed()) / 1000, u.megabytes, u.heap, u.handles,
                        u.threads);
            std::fflush(stdout);
        }
        if (ended >= wanted) QApplication::quit();
    };
    // As in the program, everything happens within the event loop: what is deleted later outside of it stays.
    QTimer often;
    QObject::connect(&often, &QTimer::timeout, &app, goOn);
    often.start(5);
    clock.start();
    QApplication::exec();
    if (failed) std::fprintf(stderr, "window_soak: %d of %d runs failed\n", failed, wanted);
    if (told.size() < 10) return failed != 0;
    const Usage &half = told[4], &end = told[9];
    // The notebook's list holds a row a run, some kilobytes with what Qt keeps of it.
    const double rows = 0.02 * wanted / 2;
    const bool grew = end.handles > half.handles || end.threads > half.threads || end.heap > half.heap + rows;
    std::printf("{\"grew\":%s}\n", grew ? "true" : "false");
    return grew || failed;
}
