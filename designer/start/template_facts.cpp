#include "start/template_facts.h"

#include "engine/schema/layer_registry.h"

#include <QStringList>

#include <set>

namespace burdock {
namespace {

void collectLayers(const Graph& graph, std::set<std::string>& names) {
    for (const Node& node : graph.nodes()) {
        if (node.block)
            collectLayers(*node.block->body, names);
        else if (const LayerSchema* layer = layerRegistry().find(node.type); layer && !layer->isInput)
            names.insert(layer->name);
    }
}

} // namespace

TemplateFacts factsOf(const ModelTemplate& model) {
    const Graph graph = model.build();
    const GraphReport report = checkGraph(graph);
    TemplateFacts facts{pictureOf(graph, report), report.parameters, report.macs, {}, {}};
    if (const auto input = report.shapeOf(report.input)) facts.input = *input;
    std::set<std::string> names;
    collectLayers(graph, names);
    QStringList layers;
    for (const std::string& name : names)
        layers << QString::fromStdString(name);
    facts.layers = layers.join(QStringLiteral(", "));
    return facts;
}

double leastTrainingBytes(const TemplateFacts& facts) {
    constexpr double copies = 4;
    return copies * sizeof(float) * static_cast<double>(facts.parameters);
}

} // namespace burdock
