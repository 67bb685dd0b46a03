// How the real window fares while it trains the lecture's CNN on Fashion-MNIST: prints one JSON line.
//
//     window_bench [SECONDS]
//
// The canvas is dragged up and down all the time; half of the seconds the Train place is shown, whose curves
// are redrawn. Gaps are the times between two turns of the event loop, asked for every 2 ms.

#include "app/design_place.h"
#include "app/main_window.h"
#include "app/run_bar.h"
#include "app/train_place.h"
#include "app/workspace.h"
#include "canvas/canvas_view.h"
#include "dashboard/live_dashboard.h"
#include "engine/schema/layer_registry.h"
#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"
#include "session/thread_policy.h"
#include "theme/theme.h"

#include <QAction>
#include <QApplication>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

using namespace burdock;

namespace {

/// Collects the gaps of the event loop.
class LoopWatch : public QObject {
  public:
    LoopWatch() {
        timer_.setTimerType(Qt::PreciseTimer);
        connect(&timer_, &QTimer::timeout, this,
                [this] { gaps_.push_back(double(clock_.nsecsElapsed()) / 1e6), clock_.start(); });
    }
    void start() {
        gaps_.clear();
        clock_.start();
        timer_.start(2);
    }
    std::vector<double> sorted() const {
        std::vector<double> all = gaps_;
        std::sort(all.begin(), all.end());
        return all;
    }

  private:
    QTimer timer_;
    QElapsedTimer clock_;
    std::vector<double> gaps_;
};

void runFor(double seconds) {
    QEventLoop loop;
    QTimer::singleShot(int(seconds * 1000), &loop, &QEventLoop::quit);
    loop.exec();
}

void print(const char* place, const LoopWatch& watch, int redraws, double seconds) {
    const auto gaps = watch.sorted();
    const std::size_t n = gaps.size();
    std::printf("{\"place\":\"%s\",\"gap_ms_median\":%.1f,\"gap_ms_p99\":%.1f,\"gap_ms_longest\":%.1f,"
                "\"turns\":%zu,\"curve_redraws_per_s\":%.1f}\n",
                place, gaps[n / 2], gaps[n * 99 / 100], gaps[n - 1], n, redraws / seconds);
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    adoptThreadPolicy(argv);
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("Burdock bench"));
    QApplication app(argc, argv);
    const double seconds = argc > 1 ? std::atof(argv[1]) : 10;
    Theme::instance().install(app);
    DatasetCatalog catalog;
    loadPlugins(pluginFolders(), Registries(catalog));
    const QTemporaryDir folder;
    auto notebook = storage::Notebook::open(folder.filePath(QStringLiteral("bench.burdock")));
    if (!notebook) return 1;
    MainWindow window(std::make_unique<Workspace>(*notebook, catalog));
    Workspace& workspace = window.workspace();
    workspace.reopen();
    workspace.newFromTemplate("lecture-cnn");
    workspace.settings().setDataset(QStringLiteral("fashion-mnist"));
    window.resize(1440, 900);
    window.show();
    runFor(2); // the data are being opened, the network laid out
    while (workspace.isChecking())
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    if (const QString why = workspace.whyNotTrainable(); !why.isEmpty()) {
        std::fprintf(stderr, "window_bench: %s\n", qPrintable(why));
        return 1;
    }

    QElapsedTimer sinceTrain;
    double firstStep = -1;
    QTimer poll;
    QObject::connect(&poll, &QTimer::timeout, &app, [&] {
        if (firstStep < 0 && workspace.queue().isBusy() &&
            workspace.queue().runs().front()->progress().step > 0)
            firstStep = double(sinceTrain.nsecsElapsed()) / 1e6;
    });
    poll.start(5);
    sinceTrain.start();
    window.runBar().trainAction()->trigger();
    LoopWatch watch;
    watch.start();

    QTimer drag;
    CanvasView& canvas = window.designPlace().canvas();
    int tick = 0;
    QObject::connect(&drag, &QTimer::timeout, &app, [&] {
        QScrollBar* bar = canvas.horizontalScrollBar();
        bar->setValue(bar->value() + (++tick / 40 % 2 ? 4 : -4));
    });
    window.goTo(MainWindow::Design);
    drag.start(16);
    runFor(seconds);
    drag.stop();
    print("design", watch, 0, seconds);

    window.goTo(MainWindow::Train);
    runFor(0.5);
    const int before = window.trainPlace().dashboard().redraws();
    watch.start();
    runFor(seconds);
    print("train", watch, window.trainPlace().dashboard().redraws() - before, seconds);
    std::printf("{\"first_step_ms\":%.0f,\"samples_per_second\":%.0f}\n", firstStep,
                workspace.queue().runs().front()->progress().samplesPerSecond);
    workspace.queue().stopAll();
    while (workspace.queue().isBusy())
        QCoreApplication::processEvents(QEventLoop::AllEvents, 50);
    return 0;
}
