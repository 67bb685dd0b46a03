#include "document/graph_document.h"

#include "engine/graph/node_paths.h"

#include <QUndoCommand>

#include <algorithm>

namespace burdock {
namespace {

QSet<NodePath> nodesOnlyIn(const Graph& graph, const Graph& other) {
    QSet<NodeId> there;
    QSet<NodePath> found;
    for (const Node& node : other.nodes())
        there.insert(node.id);
    for (const Node& node : graph.nodes())
        if (!there.contains(node.id)) found.insert(node.id);
    return found;
}

} // namespace

bool sameProblems(const std::vector<Diagnostic>& a, const std::vector<Diagnostic>& b) {
    return std::ranges::equal(a, b, [](const Diagnostic& x, const Diagnostic& y) {
        return x.node == y.node && x.severity == y.severity && x.fix.has_value() == y.fix.has_value() &&
               oneLine(x) == oneLine(y);
    });
}

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
        , selection_(document.selectedPaths())
        , mergeKey_(std::move(mergeKey))
        , series_(series) {}

    int id() const override { return 1; }
    void undo() override { goTo(before_, after_); }
    void redo() override {
        // The first time is the edit itself, whose caller selects what it likes.
        if (std::exchange(done_, true))
            goTo(after_, before_);
        else
            document_.apply(after_, document_.selectedPaths());
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
        const QSet<NodePath> back = nodesOnlyIn(target, source);
        const QSet<NodePath>& known = selection_.isEmpty() ? document_.selectedPaths() : selection_;
        document_.apply(target, back.isEmpty() ? known : back);
    }

    GraphDocument& document_;
    Graph before_, after_;
    QSet<NodePath> selection_;
    QString mergeKey_;
    qint64 series_;
    bool done_ = false;
};

GraphDocument::GraphDocument(QObject* parent)
    : QObject(parent)
    , checked_(std::make_shared<GraphReport>(checkGraph(graph_)))
    , report_(checked_) {}
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

void GraphDocument::setFurtherProblems(std::vector<Diagnostic> problems) {
    if (sameProblems(problems, further_)) return;
    further_ = std::move(problems);
    makeReport();
    emit problemsChanged();
}

void GraphDocument::makeReport() {
    std::erase_if(further_, [this](const Diagnostic& d) { return d.node && !nodeAt(graph_, d.node); });
    report_ = checked_;
    if (further_.empty()) return;
    auto whole = std::make_shared<GraphReport>(*checked_);
    whole->diagnostics.insert(whole->diagnostics.end(), further_.begin(), further_.end());
    report_ = std::move(whole);
}

void GraphDocument::reset(Graph graph) {
    undo_.clear();
    sealMerge();
    further_.clear(); // what is wrong with the old one
    apply(graph, {});
    emit wasReset();
}

void GraphDocument::selectPaths(QSet<NodePath> nodes) {
    if (nodes == selected_) return;
    selected_ = std::move(nodes);
    selection_.clear();
    for (const NodePath& path : selected_)
        selection_.insert(path.top());
    emit selectionChanged();
}

void GraphDocument::select(const QSet<NodeId>& nodes) {
    selectPaths({nodes.begin(), nodes.end()});
}

void GraphDocument::apply(const Graph& graph, QSet<NodePath> selection) {
    graph_ = graph;
    checked_ = std::make_shared<GraphReport>(checkGraph(graph_));
    makeReport();
    selection.removeIf([this](const NodePath& path) { return !nodeAt(graph_, path); });
    emit graphChanged();
    selectPaths(std::move(selection));
}

} // namespace burdock
