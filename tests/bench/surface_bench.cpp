// What a decision surface costs the training that it follows: prints one JSON line a view.
//
//     surface_bench [SECONDS] [ROUNDS] [SAMPLES]
//
// An MLP learns the moons, on one thread; of a million samples it is the steps, and not the ends of epochs,
// that are timed. In turn, for so many seconds each, nothing is shown, the curves,
// and the curves with the surface beside them; the medians over the rounds are told.

#include "dashboard/live_dashboard.h"
#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"
#include "session/thread_policy.h"
#include "surface/live_surface.h"
#include "theme/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

using namespace burdock;

namespace {

Graph moonsNetwork() {
    Graph graph;
    NodeId last = graph.add(
        "input", {{"channels", std::int64_t{2}}, {"height", std::int64_t{1}}, {"width", std::int64_t{1}}});
    const auto then = [&](const char* type, ParamValues params = {}) {
        const NodeId id = graph.add(type, std::move(params));
        graph.connect(last, id);
        last = id;
    };
    for (int layer = 0; layer < 2; ++layer) {
        then("dense", {{"units", std::int64_t{16}}});
        then("relu");
    }
    then("dense", {{"units", std::int64_t{1}}});
    then("sigmoid");
    return graph;
}

void runFor(double seconds) {
    QEventLoop loop;
    QTimer::singleShot(static_cast<int>(seconds * 1000), &loop, &QEventLoop::quit);
    loop.exec();
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// Of the whole program, in seconds.
double processorTime() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

} // namespace

int main(int argc, char** argv) {
    adoptThreadPolicy(argv);
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("Burdock bench"));
    QApplication app(argc, argv);
    const double seconds = argc > 1 ? std::atof(argv[1]) : 3;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    Theme::instance().install(app);
    DatasetCatalog catalog;
    loadPlugins(pluginFolders(), Registries(catalog));
    const QTemporaryDir folder;
    auto notebook = storage::Notebook::open(folder.filePath(QStringLiteral("bench.burdock")));
    if (!notebook) return 1;
    RunQueue queue(*notebook, catalog);
    LiveDashboard dashboard(queue);
    auto* beside = new QWidget;
    auto* surface = new LiveSurface(queue, catalog);
    (new QVBoxLayout(beside))->addWidget(surface);
    dashboard.setBeside(beside);
    dashboard.resize(1060, 800);

    TrainingRequest request;
    request.graph = moonsNetwork();
    request.dataset = QStringLiteral("moons:samples=%1").arg(argc > 3 ? std::atoi(argv[3]) : 1'000'000);
    request.config.epochs = 100'000;
    request.config.threads = 1;
    TrainingRun& run = queue.enqueue(request);
    dashboard.show();
    runFor(2);

    struct View {
        const char* name;
        bool curves, surface;
        std::vector<double> steps{}, pictures{}, processor{};
    };
    std::array<View, 3> views{View{"nothing", false, false}, View{"curves", true, false},
                              View{"curves and surface", true, true}};
    for (int round = 0; round < rounds; ++round)
        for (View& view : views) {
            dashboard.setVisible(view.curves);
            beside->setVisible(view.surface);
            runFor(0.3);
            const std::int64_t step = run.progress().step;
            const int before = surface->pictures();
            const double used = processorTime();
            QElapsedTimer clock;
            clock.start();
            runFor(seconds);
            const double took = static_cast<double>(clock.nsecsElapsed()) / 1e9;
            view.steps.push_back(static_cast<double>(run.progress().step - step) / took);
            view.pictures.push_back((surface->pictures() - before) / took);
            view.processor.push_back((processorTime() - used) / took);
        }
    for (const View& view : views)
        std::printf("{\"shown\":\"%s\",\"steps_per_s\":%.0f,\"pictures_per_s\":%.1f,\"processors\":%.2f}\n",
                    view.name, median(view.steps), median(view.pictures), median(view.processor));
    queue.stopAll();
    while (queue.isBusy())
        QCoreApplication::processEvents(QEventLoop::AllEvents, 50);
    return 0;
}
