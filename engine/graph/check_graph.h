#pragma once

#include "engine/graph/graph.h"
#include "engine/schema/layer_registry.h"

#include <map>

namespace burdock {

/// What is known of one node after checking; for a block, over all its repetitions.
struct NodeReport {
    std::vector<Shape> inputs;   ///< by port; only when all are known
    std::optional<Shape> output; ///< none where it could not be inferred
    std::vector<WeightSpec> weights;
    std::int64_t parameters = 0; ///< the trainable ones
    std::int64_t macs = 0;       ///< multiply-adds of one sample's forward pass
};

struct GraphReport {
    std::map<NodeId, NodeReport> nodes;
    std::vector<NodeId> order; ///< topological; nodes on a cycle are left out
    std::vector<Diagnostic> diagnostics;
    NodeId input;  ///< the only input node, if there is just one
    NodeId output; ///< the only sink, if there is just one
    std::int64_t parameters = 0;
    std::int64_t macs = 0;

    bool hasErrors() const;
    const NodeReport* find(NodeId id) const;
    std::optional<Shape> shapeOf(NodeId id) const; ///< output shape
};

/// Shapes, costs and everything wrong with the graph. Never fails: what is wrong is in the report.
/// With `inflow`, the graph is a block's body into which samples of that shape flow.
GraphReport checkGraph(const Graph& graph, const LayerRegistry& registry = layerRegistry(),
                       std::optional<Shape> inflow = std::nullopt);

/// The graph with its blocks replaced by what they stand for (named "block/1/conv") and bypassed nodes
/// taken out: what the Plan runs. `graph` must be without errors.
Graph flatten(const Graph& graph);

} // namespace burdock
