// How the data page fares with a large table: prints one JSON line for each way of scrolling.
//
//     scroll_bench TABLE.csv
//
// A step is a turn of the wheel, or a move of the bar anywhere, until the rows that have come are painted.

#include "app/data_place.h"
#include "app/main_window.h"
#include "app/workspace.h"
#include "datapage/data_page.h"
#include "plugin_api/plugin_host.h"
#include "plugin_api/registries.h"
#include "session/thread_policy.h"
#include "theme/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QStandardPaths>
#include <QTableView>
#include <QTemporaryDir>
#include <QWheelEvent>

#include <algorithm>
#include <cstdio>
#include <random>
#include <vector>

using namespace burdock;

namespace {

constexpr int steps = 400;

template <class Step>
void measure(const char* way, QTableView& table, Step step) {
    std::vector<double> times;
    for (int i = 0; i < steps; ++i) {
        QElapsedTimer clock;
        clock.start();
        step(i);
        table.viewport()->repaint();
        QCoreApplication::processEvents();
        times.push_back(double(clock.nsecsElapsed()) / 1e6);
    }
    std::sort(times.begin(), times.end());
    std::printf("{\"way\":\"%s\",\"steps\":%d,\"ms_median\":%.2f,\"ms_p99\":%.2f,\"ms_longest\":%.2f}\n", way,
                steps, times[steps / 2], times[steps * 99 / 100], times.back());
    std::fflush(stdout);
}

void turnWheel(QTableView& table, int delta) {
    const QPointF at = table.viewport()->rect().center();
    QWheelEvent event(at, table.viewport()->mapToGlobal(at), {}, {0, delta}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(table.viewport(), &event);
}

} // namespace

int main(int argc, char** argv) {
    adoptThreadPolicy(argv);
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("Burdock bench"));
    QApplication app(argc, argv);
    if (argc != 2) return std::fprintf(stderr, "usage: scroll_bench TABLE.csv\n"), 2;
    Theme::instance().install(app);
    DatasetCatalog catalog;
    loadPlugins(pluginFolders(), Registries(catalog));
    const QTemporaryDir folder;
    auto notebook = storage::Notebook::open(folder.filePath(QStringLiteral("bench.burdock")));
    if (!notebook) return 1;
    MainWindow window(std::make_unique<Workspace>(*notebook, catalog));
    Workspace& workspace = window.workspace();
    workspace.reopen();
    QElapsedTimer reading;
    reading.start();
    workspace.settings().setDataset(QString::fromLocal8Bit(argv[1]));
    window.resize(1440, 900);
    window.show();
    window.goTo(MainWindow::Data);
    auto& table = *window.dataPlace().page().findChild<QTableView*>(QStringLiteral("rows"));
    const auto isReady = [&] {
        return workspace.dataset().data() && window.dataPlace().page().surveyor().survey();
    };
    while (!isReady() && !workspace.dataset().problem())
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    if (!isReady() || table.model()->rowCount() == 0)
        return std::fprintf(stderr, "scroll_bench: no table\n"), 1;
    std::printf("{\"rows\":%d,\"columns\":%d,\"seconds_until_shown\":%.1f}\n", table.model()->rowCount(),
                table.model()->columnCount(), double(reading.nsecsElapsed()) / 1e9);
    QScrollBar& bar = *table.verticalScrollBar();
    std::mt19937 random(1);
    measure("wheel", table, [&](int) { turnWheel(table, -120); });
    measure("wheel, fast", table, [&](int i) { turnWheel(table, i % 2 ? -1200 : -2400); });
    measure("page", table, [&](int) { bar.triggerAction(QAbstractSlider::SliderPageStepAdd); });
    bar.setSliderDown(true);
    measure("bar, drawn along", table, [&](int i) { bar.setSliderPosition(bar.maximum() / steps * i); });
    measure("bar, anywhere", table, [&](int) {
        bar.setSliderPosition(std::uniform_int_distribution<int>(0, bar.maximum())(random));
    });
    bar.setSliderDown(false);
    QScrollBar& across = *table.horizontalScrollBar();
    measure("sideways", table, [&](int i) { across.setValue(across.maximum() * (i % 100) / 100); });
    return 0;
}
