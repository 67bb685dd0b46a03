#include "canvas/canvas_actions.h"

#include "canvas/canvas_camera.h"
#include "canvas/canvas_commands.h"
#include "canvas/canvas_scene.h"
#include "canvas/canvas_view.h"

#include <QAction>
#include <QKeySequence>

#include <algorithm>

namespace burdock {

CanvasActions::CanvasActions(CanvasView& view)
    : QObject(&view)
    , canvas_(view) {
    GraphDocument& document = view.document();
    // What is shown of a layer within a block must not be done to the block.
    const auto outer = [&document] {
        const QSet<NodePath>& paths = document.selectedPaths();
        return std::all_of(paths.begin(), paths.end(),
                           [](const NodePath& path) { return path.depth() == 1; });
    };
    const auto chosen = [&document, outer] { return !document.selection().isEmpty() && outer(); };
    const auto one = [&document, outer] { return document.selection().size() == 1 && outer(); };
    const auto any = [&document] { return !document.graph().nodes().empty(); };
    const auto deletable = [&view, chosen] { return chosen() || view.canvas().selectedEdge().has_value(); };

    add(edit_, "canvas.add", tr("Add layer…"), "A; Ins", [&view] {
        const QSet<NodeId>& selection = view.document().selection();
        LayerPlace place;
        if (selection.size() == 1) {
            place.after = *selection.begin();
            place.feed = place.after;
            const NodeItem* item = view.canvas().node(place.after);
            view.reveal(place.after);
            view.offerLayers(place, view.mapFromScene(item->cardRect().topRight()) + QPoint(24, 20));
        } else {
            view.offerLayersAtPointer();
        }
    });
    edit_ << nullptr;
    add(
        edit_, "canvas.cut", tr("Cut"), "Ctrl+X; Shift+Del",
        [&view] {
            view.copySelection();
            view.deleteChosen(false);
        },
        chosen);
    add(
        edit_, "canvas.copy", tr("Copy"), "Ctrl+C; Ctrl+Ins", [&view] { view.copySelection(); }, chosen);
    add(edit_, "canvas.paste", tr("Paste"), "Ctrl+V; Shift+Ins", [&view] { view.pasteClipboard(true); });
    add(
        edit_, "canvas.duplicate", tr("Duplicate"), "Ctrl+D", [&view] { view.duplicateSelection(); }, chosen);
    add(
        edit_, "canvas.delete", tr("Delete"), "Del; Backspace", [&view] { view.deleteChosen(false); },
        deletable);
    add(
        edit_, "canvas.dissolve", tr("Delete and reconnect"), "Ctrl+Del; Ctrl+Backspace",
        [&view] { view.deleteChosen(true); }, chosen);
    edit_ << nullptr;
    add(
        edit_, "canvas.bypass", tr("Bypass"), "Ctrl+B",
        [&document] { toggleBypass(document, document.selection()); }, chosen);
    add(
        edit_, "canvas.freeze", tr("Freeze or unfreeze"), "Ctrl+Shift+B",
        [&document] { toggleFreeze(document, document.selection()); }, chosen);
    add(
        edit_, "canvas.rename", tr("Rename"), "F2", [&view] { view.renameCurrent(); },
        [&document, one] { return document.selection().isEmpty() || one(); });
    edit_ << nullptr;
    add(
        edit_, "canvas.selectAll", tr("Select all"), "Ctrl+A",
        [&document] {
            QSet<NodeId> all;
            for (const Node& node : document.graph().nodes())
                all.insert(node.id);
            document.select(all);
        },
        any);
    add(
        edit_, "canvas.find", tr("Find a layer by name…"), "Ctrl+F", [&view] { view.findByName(); }, any);
    add(
        edit_, "canvas.layout", tr("Lay out"), "Ctrl+L", [&view] { view.arrangeNodes(); }, any);

    add(
        view_, "canvas.fitAll", tr("Show all"), "Shift+1", [&view] { view.fitAll(); }, any);
    add(
        view_, "canvas.fitSelection", tr("Show selection"), "F", [&view] { view.fitSelection(); }, any);
    add(view_, "canvas.zoomIn", tr("Zoom in"),
        "Ctrl++; Ctrl+=", [&view] { view.camera().setZoom(view.zoom() * 1.25); });
    add(view_, "canvas.zoomOut", tr("Zoom out"), "Ctrl+-",
        [&view] { view.camera().setZoom(view.zoom() / 1.25); });
    add(view_, "canvas.actualSize", tr("Actual size"), "Ctrl+0", [&view] { view.camera().setZoom(1); });
    QAction* minimap = add(view_, "canvas.minimap", tr("Overview"), "M", {});
    minimap->setCheckable(true);
    minimap->setChecked(true);
    connect(minimap, &QAction::toggled, &view, &CanvasView::setMinimapWanted);

    connect(&document, &GraphDocument::selectionChanged, this, &CanvasActions::refresh);
    connect(&view.canvas(), &CanvasScene::edgeSelectionChanged, this, &CanvasActions::refresh);
    connect(&document, &GraphDocument::graphChanged, this, &CanvasActions::refresh);
    refresh();
}

QAction* CanvasActions::add(QList<QAction*>& list, const QString& name, const QString& text,
                            const QString& shortcuts, std::function<void()> act,
                            std::function<bool()> possible) {
    auto* action = new QAction(text, this);
    action->setObjectName(name);
    action->setShortcuts(QKeySequence::listFromString(shortcuts));
    // Single letters: they must mean nothing where text is typed.
    action->setShortcutContext(Qt::WidgetShortcut);
    if (act) connect(action, &QAction::triggered, &canvas_, std::move(act));
    canvas_.addAction(action);
    list << action;
    conditions_.emplaceBack(action, std::move(possible));
    return action;
}

QAction* CanvasActions::find(const QString& objectName) const {
    return findChild<QAction*>(objectName);
}

void CanvasActions::refresh() {
    // A menu of the window has them too: nothing is done to a network that is not seen.
    const bool seen = canvas_.isVisible();
    for (const auto& [action, possible] : conditions_)
        action->setEnabled(seen && (!possible || possible()));
}

} // namespace burdock
