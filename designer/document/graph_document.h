#pragma once

#include "engine/graph/check_graph.h"

#include <QObject>
#include <QSet>
#include <QUndoStack>

#include <functional>

namespace burdock {

inline size_t qHash(NodeId id, size_t seed = 0) noexcept {
    return ::qHash(id.value, seed);
}

/// The network being edited: a Graph, what is wrong with it, an undo history and the selection. Views read
/// from here and write only through edit(); they update themselves on graphChanged and selectionChanged.
class GraphDocument : public QObject {
    Q_OBJECT
  public:
    explicit GraphDocument(QObject* parent = nullptr);
    ~GraphDocument() override;

    const Graph& graph() const { return graph_; }
    const GraphReport& report() const { return report_; }
    QUndoStack* undoStack() { return &undo_; }

    /// Changes a copy of the graph and makes it one undo step named `text`; nothing happens if the copy ends
    /// up equal. Edits in a row with the same `mergeKey` (not empty) become one step: typing, dragging.
    void edit(const QString& text, const std::function<void(Graph&)>& change, const QString& mergeKey = {});
    /// Ends merging: the next edit is a step of its own. Undo and redo end it too.
    void sealMerge();

    /// What report() is made by, checkGraph unless set: a program that knows the data can check more.
    using Checker = std::function<GraphReport(const Graph&)>;
    void setChecker(Checker checker);
    /// Checks the same graph anew, after something else that the checker reads has changed.
    void recheck();

    /// A new network with an empty history.
    void reset(Graph graph);

    /// Undo selects the nodes it brings back, or else what was selected when the edit was made; so does redo.
    const QSet<NodeId>& selection() const { return selection_; }
    void select(QSet<NodeId> nodes);

  signals:
    /// After every edit, undo, redo, reset and recheck; report() is already that of the new graph.
    void graphChanged();
    void selectionChanged();
    void wasReset();
    /// A problem's fix is a training setting, which is not the document's to change.
    void settingWanted(const QString& key, const burdock::ParamValue& value);

  private:
    friend class GraphEdit;
    void apply(const Graph& graph, QSet<NodeId> selection);

    Checker checker_;
    Graph graph_;
    GraphReport report_;
    QUndoStack undo_;
    QSet<NodeId> selection_;
    qint64 mergeSeries_ = 0;
};

} // namespace burdock
