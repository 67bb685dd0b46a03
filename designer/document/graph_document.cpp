#include "document/graph_document.h"

#include <QUndoCommand>

namespace burdock {
namespace {

QSet<NodeId> nodesOnlyIn(const Graph& graph, const Graph& other) {
    QSet<NodeId> there, found;
    for (const Node& node : other.nodes())
        there.insert(node.id);
    for (const Node& node : graph.nodes())
        if (!there.contains(node.id)) found.insert(node.id);
    return found;
}

} // namespace

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
        , selection_(document.selection())
        , mergeKey_(std::move(mergeKey))
        , series_(series) {}

    int id() const override { return 1; }
    void undo() override { goTo(before_, after_); }
    void redo() override {
        // The first time is the edit itself, whose caller selects what it likes.
        if (std::exchange(done_, true))
            goTo(after_, before_);
        else
            document_.apply(after_, document_.selection());
    }
    bool mergeWith(const QUndoCommand* other) override {
        const auto& next = static_cast<const GraphEdit&>(*other);
        if (mergeKey_.isEmpty() || next.mergeKey_ != mergeKey_ || next.series_ != series_) return false;
        after_ = next.after_;
        setObsolete(before_ == after_);
        return true;
    }

  private:
    void goTo(const Graph& target, const Graph& source) {
        document_.sealMerge();
        const QSet<NodeId> back = nodesOnlyIn(target, source);
        document_.apply(target, back.isEmpty() ? selection_ : back);
    }

    GraphDocument& document_;
    Graph before_, after_;
    QSet<NodeId> selection_;
    QString mergeKey_;
    qint64 series_;
    bool done_ = false;
};

GraphDocument::GraphDocument(QObject* parent)
    : QObject(parent)
    , checker_([](const Graph& graph) { return checkGraph(graph); })
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

void GraphDocument::setChecker(Checker checker) {
    checker_ = std::move(checker);
    recheck();
}

void GraphDocument::recheck() {
    report_ = checker_(graph_);
    emit graphChanged();
}

void GraphDocument::reset(Graph graph) {
    undo_.clear();
    sealMerge();
    apply(graph, {});
    emit wasReset();
}

void GraphDocument::select(QSet<NodeId> nodes) {
    if (nodes == selection_) return;
    selection_ = std::move(nodes);
    emit selectionChanged();
}

void GraphDocument::apply(const Graph& graph, QSet<NodeId> selection) {
    graph_ = graph;
    report_ = checker_(graph_);
    selection.removeIf([this](NodeId id) { return !graph_.find(id); });
    emit graphChanged();
    select(std::move(selection));
}

} // namespace burdock
