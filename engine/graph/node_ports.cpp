#include "engine/graph/node_ports.h"

#include <algorithm>

namespace burdock {
namespace {

NodePorts ofBlock(const Graph* body, const LayerRegistry& registry) {
    NodePorts ports{1, 1};
    if (!body) return ports;
    const auto isInput = [&registry](const Node& n) {
        const LayerSchema* schema = registry.find(n.type);
        return schema && schema->isInput;
    };
    const auto inputs = static_cast<int>(std::ranges::count_if(body->nodes(), isInput));
    ports.fewestInputs = ports.mostInputs = std::max(1, inputs);
    for (const Node& n : body->nodes())
        if (!isInput(n) && body->outputsOf(n.id).empty()) ports.outputNames.push_back(n.name);
    ports.outputs = std::max(1, static_cast<int>(ports.outputNames.size()));
    return ports;
}

} // namespace

NodePorts portsOf(const Node& node, const LayerRegistry& registry) {
    if (node.type == blockType) return ofBlock(node.block ? node.block->body.get() : nullptr, registry);
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
