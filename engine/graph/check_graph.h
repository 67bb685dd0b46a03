#pragma once

#include "engine/graph/checked_network.h"
#include "engine/schema/diagnostic.h"

#include <map>

namespace burdock {

struct GraphReport;

/// What is known of one node after checking; for a block, over all its repetitions.
struct NodeReport {
    std::vector<Shape> inputs;      ///< by port; only when all are known
    std::optional<Shape> output;    ///< the first; none where it could not be inferred
    std::vector<Shape> moreOutputs; ///< those after the first
    std::vector<WeightSpec> weights;
    std::int64_t parameters = 0; ///< without statistics
    std::int64_t macs = 0;       ///< multiply-adds of one sample's forward pass
    /// Of a block: what is known of its body in each repetition, as far as it could be checked. Where the
    /// shape stays as it is, repetitions share one report.
    std::vector<std::shared_ptr<const GraphReport>> repetitions;
};

struct GraphReport {
    std::map<NodeId, NodeReport> nodes;
    std::vector<NodeId> order; ///< topological; nodes on a cycle are left out
    std::vector<Diagnostic> diagnostics;
    NodeId input;                 ///< the only input node, if there is just one
    NodeId output;                ///< the only sink, if there is just one
    std::vector<NodeId> inflows;  ///< of a block's body: the nodes that stand for its inputs
    std::vector<NodeId> outflows; ///< of a block's body: the nodes whose first outputs are its outputs
    std::int64_t parameters = 0;
    std::int64_t trainable = 0; ///< those of them that are not frozen
    std::int64_t macs = 0;
    /// What can be planned and run: there unless there are errors. None of a block's body.
    std::optional<CheckedNetwork> network;

    bool hasErrors() const;
    std::optional<Shape> shapeOf(const Edge& edge) const; ///< what flows along it
    const NodeReport* find(NodeId id) const;
    /// Of a node within blocks, in that repetition of each (from 1; the first where none is named). Null
    /// where there is none, or where the block was not checked so far.
    const NodeReport* find(const NodePath& path, std::span<const std::int64_t> repetitions) const;
    std::optional<Shape> shapeOf(NodeId id) const; ///< output shape
};

/// Shapes, costs and everything wrong with the graph. Never fails: what is wrong is in the report.
/// With `inflow`, the graph is a block's body into which samples of those shapes flow.
GraphReport checkGraph(const Graph& graph, const LayerRegistry& registry = layerRegistry(),
                       const std::vector<Shape>& inflow = {});

/// The network that the graph stands for, or the first of its errors.
Result<CheckedNetwork> checkNetwork(const Graph& graph);

} // namespace burdock
