#include "document/graph_document.h"

#include <QUndoCommand>

namespace burdock {

/// One step of the history: the graph before and after. A Graph is a value whose blocks are shared, so a
/// step costs little more than its nodes.
class GraphEdit final : public QUndoCommand {
  public:
    GraphEdit(GraphDocument& document, Graph before, Graph after, const QString& text, QString mergeKey,
              qint64 series)
        : QUndoCommand(text)
        , document_(document)
        , before_(std::move(before))
        , after_(std::move(after))
        , mergeKey_(std::move(mergeKey))
        , series_(series) {}

    int id() const override { return 1; }
    void undo() override { document_.apply(before_); }
    void redo() override { document_.apply(after_); }
    bool mergeWith(const QUndoCommand* other) override {
        const auto& next = static_cast<const GraphEdit&>(*other);
        if (mergeKey_.isEmpty() || next.mergeKey_ != mergeKey_ || next.series_ != series_) return false;
        after_ = next.after_;
        setObsolete(before_ == after_);
        return true;
    }

  private:
    GraphDocument& document_;
    Graph before_, after_;
    QString mergeKey_;
    qint64 series_;
};

GraphDocument::GraphDocument(QObject* parent)
    : QObject(parent)
    , report_(checkGraph(graph_)) {}
GraphDocument::~GraphDocument() = default;

void GraphDocument::edit(const QString& text, const std::function<void(Graph&)>& change,
                         const QString& mergeKey) {
    Graph after = graph_;
    change(after);
    if (after == graph_) return;
    undo_.push(new GraphEdit(*this, graph_, std::move(after), text, mergeKey, mergeSeries_));
}

void GraphDocument::sealMerge() {
    ++mergeSeries_;
}

void GraphDocument::reset(Graph graph) {
    undo_.clear();
    sealMerge();
    apply(graph);
    select({});
    emit wasReset();
}

void GraphDocument::select(QSet<NodeId> nodes) {
    if (nodes == selection_) return;
    selection_ = std::move(nodes);
    emit selectionChanged();
}

void GraphDocument::apply(const Graph& graph) {
    graph_ = graph;
    report_ = checkGraph(graph_);
    QSet<NodeId> kept;
    for (const NodeId id : selection_)
        if (graph_.find(id)) kept.insert(id);
    emit graphChanged();
    select(kept);
}

} // namespace burdock
