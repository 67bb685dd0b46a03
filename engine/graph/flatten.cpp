#include "engine/graph/check_graph.h"

#include <map>

namespace burdock {
namespace {

NodeId sinkOf(const Graph& graph) {
    for (const Node& n : graph.nodes())
        if (graph.outputsOf(n.id).empty()) return n.id;
    return {};
}

/// Adds what `graph` stands for to `flat`. Returns the flat node that carries the output of `graph`.
/// `inflow` is the flat node that stands for its Input; none at the top, where the Input itself is kept.
NodeId expand(const Graph& graph, const std::string& prefix, NodeId inflow, Graph& flat) {
    std::map<NodeId, NodeId> standsFor;
    for (const NodeId id : topologicalOrder(graph)) {
        const Node& node = *graph.find(id);
        const auto inputs = graph.inputsOf(id);
        if (node.type == "input" && inflow) {
            standsFor[id] = inflow;
        } else if (node.bypassed && !inputs.empty()) {
            standsFor[id] = standsFor[inputs.front().from];
        } else if (node.block && node.block->body && !inputs.empty()) {
            NodeId flow = standsFor[inputs.front().from];
            for (std::int64_t i = 1; i <= node.block->repeat; ++i)
                flow =
                    expand(*node.block->body, prefix + node.name + "/" + std::to_string(i) + "/", flow, flat);
            standsFor[id] = flow;
        } else {
            Node copy = node;
            copy.name = prefix + node.name;
            standsFor[id] = flat.add(std::move(copy));
            for (const Edge& e : inputs)
                flat.connect(standsFor[e.from], standsFor[id], e.port);
        }
    }
    return standsFor[sinkOf(graph)];
}

} // namespace

Graph flatten(const Graph& graph) {
    Graph flat;
    flat.name = graph.name;
    expand(graph, "", NodeId{}, flat);
    return flat;
}

} // namespace burdock
