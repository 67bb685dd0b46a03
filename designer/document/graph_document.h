#pragma once

#include "engine/graph/check_graph.h"

#include <QObject>
#include <QSet>
#include <QUndoStack>

#include <functional>
#include <memory>

namespace burdock {

inline size_t qHash(NodeId id, size_t seed = 0) noexcept {
    return ::qHash(id.value, seed);
}
inline size_t qHash(const NodePath& path, size_t seed = 0) noexcept {
    return qHashRange(path.ids().begin(), path.ids().end(), seed);
}

/// Whether both say the same of the same nodes, and offer to mend it or not.
bool sameProblems(const std::vector<Diagnostic>& a, const std::vector<Diagnostic>& b);

/// The network being edited: a Graph, what is wrong with it, an undo history and the selection. Views read
/// from here and write only through edit(); they update themselves on graphChanged and selectionChanged.
class GraphDocument : public QObject {
    Q_OBJECT
  public:
    explicit GraphDocument(QObject* parent = nullptr);
    ~GraphDocument() override;

    const Graph& graph() const { return graph_; }
    /// What checking the graph has found, and whatever problems it was told of since.
    const GraphReport& report() const { return *report_; }
    /// What checking has found of the graph alone; it may be read on any thread.
    std::shared_ptr<const GraphReport> checked() const { return checked_; }
    QUndoStack* undoStack() { return &undo_; }

    /// Changes a copy of the graph and makes it one undo step named `text`; nothing happens if the copy ends
    /// up equal. Edits in a row with the same `mergeKey` (not empty) become one step: typing, dragging.
    void edit(const QString& text, const std::function<void(Graph&)>& change, const QString& mergeKey = {});
    /// Ends merging: the next edit is a step of its own. Undo and redo end it too.
    void sealMerge();

    /// Problems that the graph alone does not show, such as data that do not fit it: they stand in report()
    /// behind its own until others are told. After an edit they stay, for the nodes that are still there.
    void setFurtherProblems(std::vector<Diagnostic> problems);

    /// A new network with an empty history.
    void reset(Graph graph);

    /// What is selected, be it within blocks. Undo selects the nodes it brings back, or else what was
    /// selected when the edit was made, or else leaves it as it is; so does redo.
    const QSet<NodePath>& selectedPaths() const { return selected_; }
    void selectPaths(QSet<NodePath> nodes);
    /// The same as seen on the graph itself: what lies within a block is seen on the outermost one.
    const QSet<NodeId>& selection() const { return selection_; }
    void select(const QSet<NodeId>& nodes);

  signals:
    /// After every edit, undo, redo and reset; report() is already that of the new graph.
    void graphChanged();
    /// Of the same graph report() tells other problems.
    void problemsChanged();
    void selectionChanged();
    void wasReset();
    /// A problem's fix is a training setting, with settings of the entry that it names, which is not the
    /// document's to change.
    void settingWanted(const QString& key, const burdock::ParamValue& value, const burdock::ParamValues& own);
    /// A problem is mended by making the whole network suit the data, which is shown before it is done.
    void adaptationWanted();

  private:
    friend class GraphEdit;
    void apply(const Graph& graph, QSet<NodePath> selection);
    void makeReport();

    Graph graph_;
    std::shared_ptr<const GraphReport> checked_, report_; ///< the same one where nothing further is known
    std::vector<Diagnostic> further_;
    QUndoStack undo_;
    QSet<NodePath> selected_;
    QSet<NodeId> selection_; ///< the outermost nodes of selected_
    qint64 mergeSeries_ = 0;
};

} // namespace burdock
