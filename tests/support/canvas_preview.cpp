// Opens a canvas on its own, to be looked at: canvas_preview TEMPLATE|many|skips|broken|empty [light|dark]
// [zoom]
#include "canvas/canvas_camera.h"
#include "canvas/canvas_view.h"
#include "document/card_size.h"
#include "engine/models/templates.h"
#include "theme/theme.h"

#include <QApplication>

#include "support/sample_graphs.h"

using namespace burdock;

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    Theme::instance().install(app);
    const QStringList arguments = app.arguments();
    const QString what = arguments.value(1, QStringLiteral("lecture-cnn"));
    Theme::instance().setMode(arguments.value(2) == QLatin1String("dark") ? Theme::Mode::Dark
                                                                          : Theme::Mode::Light);
    GraphDocument document;
    Graph graph;
    if (what == QLatin1String("many"))
        graph = test::manyNodes(200);
    else if (what == QLatin1String("skips"))
        graph = test::skipNetwork();
    else if (what == QLatin1String("broken"))
        graph = test::brokenNetwork();
    else if (const ModelTemplate* found = findTemplate(what.toStdString()))
        graph = found->build();
    CanvasView view(document);
    view.resize(900, 640);
    if (arguments.size() > 4) view.resize(arguments[3].toInt(), arguments[4].toInt());
    arrange(graph, {view.width() - 64.0, view.height() - 64.0});
    document.reset(graph);
    view.show();
    view.fitAll();
    return QApplication::exec();
}
