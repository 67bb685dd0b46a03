// Drags one of many cards with synthetic mouse events and times every frame: the event, and the painting that
// it causes. Prints one line of JSON. canvas_bench [NODES] [FRAMES]
#include "canvas/canvas_camera.h"
#include "canvas/canvas_scene.h"
#include "canvas/canvas_view.h"
#include "support/sample_graphs.h"
#include "theme/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

using namespace burdock;

namespace {

struct Times {
    double framesPerSecond, medianMs, worstMs;
};

Times drag(CanvasView& view, NodeId node, int frames, bool wholeWindow) {
    const QPoint start = view.mapFromScene(view.canvas().node(node)->cardRect().center());
    QTest::mousePress(view.viewport(), Qt::LeftButton, {}, start);
    const auto move = [&](QPoint p) {
        QMouseEvent event(QEvent::MouseMove, p, view.viewport()->mapToGlobal(p), Qt::NoButton, Qt::LeftButton,
                          {});
        QApplication::sendEvent(view.viewport(), &event);
    };
    move(start + QPoint(30, 30));
    QApplication::processEvents();
    std::vector<double> times;
    for (int i = 0; i < frames; ++i) {
        QElapsedTimer timer;
        timer.start();
        const double turn = i * 0.12;
        move(start + QPoint(static_cast<int>(90 * std::cos(turn)), static_cast<int>(70 * std::sin(turn))));
        if (wholeWindow) view.viewport()->repaint();
        QApplication::processEvents();
        times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    QTest::mouseRelease(view.viewport(), Qt::LeftButton, {}, start);
    const double total = std::accumulate(times.begin(), times.end(), 0.0);
    std::sort(times.begin(), times.end());
    return {1000.0 * frames / total, times[times.size() / 2], times.back()};
}

void report(const char* name, const Times& t, bool last = false) {
    std::printf("\"%s\":{\"frames_per_second\":%.1f,\"median_ms\":%.2f,\"worst_ms\":%.2f}%s", name,
                t.framesPerSecond, t.medianMs, t.worstMs, last ? "" : ",");
}

} // namespace

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    Theme::instance().install(app);
    const int nodes = argc > 1 ? std::atoi(argv[1]) : 200;
    const int frames = argc > 2 ? std::atoi(argv[2]) : 300;
    GraphDocument document;
    CanvasView view(document);
    view.setAnimated(false);
    view.resize(1100, 760);
    document.reset(test::manyNodes(nodes));
    view.show();
    (void)QTest::qWaitForWindowExposed(&view);
    view.fitAll();
    const NodeId dragged = document.graph().nodes()[static_cast<std::size_t>(nodes) / 2].id;
    std::printf("{\"nodes\":%d,\"frames\":%d,\"platform\":\"%s\",", nodes, frames,
                qPrintable(QGuiApplication::platformName()));
    report("all_in_view", drag(view, dragged, frames, false));
    report("all_in_view_whole_window", drag(view, dragged, frames, true));
    view.camera().setZoom(1);
    view.lookAt(view.canvas().node(dragged)->cardRect().center());
    QApplication::processEvents();
    report("life_size", drag(view, dragged, frames, false));
    report("life_size_whole_window", drag(view, dragged, frames, true), true);
    std::printf("}\n");
}
