#include "engine/graph/node_ports.h"

#include <algorithm>

namespace burdock {
namespace {

NodePorts ofBlock(const Graph* body) {
    NodePorts ports{1, 1};
    if (!body) return ports;
    const auto inputs = static_cast<int>(std::ranges::count(body->nodes(), "input", &Node::type));
    ports.fewestInputs = ports.mostInputs = std::max(1, inputs);
    for (const Node& n : body->nodes())
        if (n.type != "input" && body->outputsOf(n.id).empty()) ports.outputNames.push_back(n.name);
    ports.outputs = std::max(1, static_cast<int>(ports.outputNames.size()));
    return ports;
}

} // namespace

NodePorts portsOf(const Node& node, const LayerRegistry& registry) {
    if (node.type == blockType) return ofBlock(node.block ? node.block->body.get() : nullptr);
    const LayerSchema* schema = registry.find(node.type);
    if (!schema) return {};
    NodePorts ports{schema->inputs.minimum, schema->inputs.maximum};
    if (schema->outputNames && checkParams(schema->params, node.params).empty()) {
        ports.outputNames = schema->outputNames(node.params);
        ports.outputs = std::max(1, static_cast<int>(ports.outputNames.size()));
    }
    return ports;
}

} // namespace burdock
