#include "canvas/canvas_actions.h"
#include "canvas/canvas_commands.h"
#include "canvas/canvas_scene.h"
#include "canvas/canvas_view.h"
#include "document/graph_edits.h"

#include <QMenu>

namespace burdock {
namespace {

/// One entry for each mend there is for what is wrong with a node.
bool addFixes(QMenu* menu, CanvasView& view, NodeId node) {
    bool any = false;
    for (const Diagnostic& d : view.document().report().diagnostics) {
        if (d.node.top() != node) continue;
        QAction* what = menu->addAction(QString::fromStdString(headline(d)));
        what->setEnabled(false);
        if (d.fix) {
            QAction* mend =
                menu->addAction(CanvasView::tr("Fix: %1").arg(QString::fromStdString(d.fix->label)));
            mend->setObjectName(QStringLiteral("fix"));
            QObject::connect(mend, &QAction::triggered, &view,
                             [&view, fix = *d.fix] { applyFix(view.document(), fix); });
        } else if (!d.mend.empty()) {
            menu->addAction(QString::fromStdString(d.mend))->setEnabled(false);
        }
        any = true;
    }
    return any;
}

} // namespace

QMenu* CanvasView::makeMenu(const Hit& hit, QWidget* parent) {
    auto* menu = new QMenu(parent);
    if (hit.kind == Hit::Kind::Badge) {
        addFixes(menu, *this, hit.node);
        return menu;
    }
    if (hit.kind == Hit::Kind::Edge) {
        const Edge edge = hit.edge;
        const QPointF middle = scene_->edge(edge)->path().pointAtPercent(0.5);
        connect(menu->addAction(tr("Insert a layer here…")), &QAction::triggered, this, [this, edge, middle] {
            LayerPlace place;
            place.at = middle;
            place.onEdge = edge;
            place.feed = {};
            offerLayers(place, mapFromScene(middle));
        });
        connect(menu->addAction(tr("Disconnect")), &QAction::triggered, this,
                [this, edge] { removeEdge(document_, edge); });
        return menu;
    }
    if (hit.node) {
        const NodeId node = hit.node;
        if (addFixes(menu, *this, node)) menu->addSeparator();
        connect(menu->addAction(tr("Edit settings\tEnter")), &QAction::triggered, this,
                [this, node] { activate(node); });
        connect(menu->addAction(tr("Help on this layer\tF1")), &QAction::triggered, this,
                [this, node] { emit helpWanted(node); });
        if (document_.graph().find(node)->type == inputLayerSchema().id) {
            QAction* data = menu->addAction(tr("See the data"));
            data->setObjectName(QStringLiteral("data"));
            connect(data, &QAction::triggered, this, &CanvasView::dataWanted);
        }
        menu->addSeparator();
    }
    for (QAction* action : editActions())
        action ? menu->addAction(action) : static_cast<void>(menu->addSeparator());
    menu->addSeparator();
    QMenu* look = menu->addMenu(tr("View"));
    for (QAction* action : viewActions())
        look->addAction(action);
    return menu;
}

void CanvasView::showBadgeMenu(NodeId node, QPoint viewPos) {
    QMenu* menu = makeMenu({Hit::Kind::Badge, node, 0, {}}, this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(viewport()->mapToGlobal(viewPos));
}

} // namespace burdock
