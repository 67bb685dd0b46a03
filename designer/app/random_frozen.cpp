#include "app/random_frozen.h"

#include "engine/graph/checked_network.h"
#include "engine/graph/node_paths.h"

#include <set>

namespace burdock {
namespace {

/// What the user has frozen: the node itself, or the outermost frozen block around it.
NodePath frozenAt(const Graph& graph, const NodePath& node) {
    NodePath path;
    for (const NodeId id : node.ids()) {
        path = path / id;
        if (const Node* at = nodeAt(graph, path); at && at->frozen) return path;
    }
    return node;
}

} // namespace

std::vector<Diagnostic> randomFrozen(const Graph& graph, const GraphReport& report) {
    std::vector<Diagnostic> found;
    if (!report.network || report.trainable == 0) return found;
    std::set<NodePath> told;
    for (const CheckedStep& step : report.network->steps()) {
        if (!step.frozen || step.layer->parameters == 0) continue;
        const NodePath frozen = frozenAt(graph, step.path);
        if (!told.insert(frozen).second) continue;
        Diagnostic d;
        d.severity = Severity::Warning;
        d.code = "frozen.random";
        d.node = frozen;
        d.where = pathText(graph, frozen);
        d.what = "It is frozen with fresh weights.";
        d.why = "Nothing has trained them, and nothing will.";
        d.mend = "Begin with a run's weights (Train), or let it learn.";
        found.push_back(std::move(d));
    }
    return found;
}

} // namespace burdock
