#include "engine/graph/migration.h"

#include "engine/schema/layer_registry.h"

#include <algorithm>
#include <unordered_set>

namespace burdock {
namespace {

using Nodes = std::unordered_set<NodeId>;

/// What the versions that wrote a graph did with sequences, each node looked at once a question.
class SequenceWalk {
  public:
    SequenceWalk(const Graph& graph, const SequenceFlows& bodies)
        : graph_(graph)
        , bodies_(bodies) {}

    /// The nodes whose output a layer that works on positions reads, maybe behind others that keep the axes;
    /// `andAfter`: such a layer reads what flows out as well.
    Nodes readPerPosition(bool andAfter) const {
        Nodes found;
        std::vector<NodeId> open;
        const auto find = [&](NodeId id) {
            if (found.insert(id).second) open.push_back(id);
        };
        const auto findSources = [&](NodeId id) {
            for (const Edge& e : graph_.inputsOf(id))
                find(e.from);
        };
        for (const Node& node : graph_.nodes()) {
            if (isPerPosition(node)) findSources(node.id);
            if (andAfter && graph_.outputsOf(node.id).empty()) find(node.id);
        }
        while (!open.empty()) {
            const NodeId id = open.back();
            open.pop_back();
            if (keepsAxes(*graph_.find(id))) findSources(id);
        }
        return found;
    }

    /// The nodes that a sequence may flow into, where those in `sources` may give one.
    Nodes fedSequences(std::vector<NodeId> sources) const {
        Nodes found, giving(sources.begin(), sources.end());
        while (!sources.empty()) {
            const NodeId id = sources.back();
            sources.pop_back();
            for (const Edge& e : graph_.outputsOf(id)) {
                found.insert(e.to);
                const Node& reader = *graph_.find(e.to);
                if ((keepsAxes(reader) || isPerPosition(reader)) && giving.insert(e.to).second)
                    sources.push_back(e.to);
            }
        }
        return found;
    }

    /// Whether the node may give a sequence whatever it is fed.
    bool makesSequences(const Node& node) const {
        if (const SequenceFlow* flow = flowOf(node)) return flow->makesSequences;
        const LayerSchema* schema = layerRegistry().find(node.type);
        return !schema || schema->category == Category::Sequence ||
               (schema->param("axes") && !schema->isInput);
    }

  private:
    const SequenceFlow* flowOf(const Node& node) const {
        if (!node.block || !node.block->body) return nullptr;
        const auto known = bodies_.find(node.block->body.get());
        return known == bodies_.end() ? nullptr : &known->second;
    }
    bool isPerPosition(const Node& node) const {
        if (const SequenceFlow* flow = flowOf(node)) return flow->isReadPerPosition;
        const LayerSchema* schema = layerRegistry().find(node.type);
        return schema && schema->perPosition && writtenVersion(node) >= schema->perPositionSince;
    }
    bool keepsAxes(const Node& node) const {
        if (node.bypassed) return true;
        if (const SequenceFlow* flow = flowOf(node)) return flow->keepsAxes;
        const LayerSchema* schema = layerRegistry().find(node.type);
        return schema && schema->passesSequences(node.params);
    }

    const Graph& graph_;
    const SequenceFlows& bodies_;
};

bool isOld(const Node& node) {
    const LayerSchema* schema = layerRegistry().find(node.type);
    return schema && writtenVersion(node) < schema->version;
}

bool hasInput(const Graph& graph, const Nodes& among) {
    return std::ranges::any_of(graph.nodes(),
                               [&](const Node& n) { return isInput(n.type) && among.contains(n.id); });
}

} // namespace

int writtenVersion(const Node& node) {
    return std::max(1, node.unknownVersion);
}

SequenceFlow migrate(Graph& graph, bool isBody, const SequenceFlows& bodies) {
    const SequenceWalk walk(graph, bodies);
    const bool isNeeded = std::ranges::any_of(graph.nodes(), isOld);
    SequenceFlow flow;
    Nodes read, fed;
    if (isNeeded || isBody) read = walk.readPerPosition(false);
    if (isBody) {
        flow.isReadPerPosition = hasInput(graph, read);
        flow.keepsAxes = hasInput(graph, walk.readPerPosition(true));
        flow.makesSequences =
            std::ranges::any_of(graph.nodes(), [&](const Node& n) { return walk.makesSequences(n); });
    }
    const auto bring = [&](const Node& node) {
        const LayerSchema& schema = *layerRegistry().find(node.type);
        const MigrationContext around{read.contains(node.id), fed.contains(node.id)};
        schema.migrate(writtenVersion(node), graph.edit(node.id)->params, around);
    };
    if (isNeeded) {
        // Inputs first: whether they give sequences follows from who reads them.
        std::vector<NodeId> sources;
        for (const Node& node : graph.nodes()) {
            const LayerSchema* schema = layerRegistry().find(node.type);
            const bool enters = schema && schema->isInput;
            if (enters && isOld(node)) bring(node);
            if (enters && !isBody) {
                const auto shape = schema->inferShape(node.params, {});
                if (shape && shape->isSequence()) sources.push_back(node.id);
            } else if (enters || walk.makesSequences(node)) {
                sources.push_back(node.id);
            }
        }
        fed = walk.fedSequences(std::move(sources));
        for (const Node& node : graph.nodes())
            if (isOld(node) && !isInput(node.type)) bring(node);
    }
    for (const Node& node : graph.nodes())
        if (node.unknownVersion > 0 && layerRegistry().find(node.type))
            graph.edit(node.id)->unknownVersion = 0;
    return flow;
}

} // namespace burdock
