#include "describe_layer.h"

#include "engine/graph/graph_json.h"
#include "engine/graph/node_paths.h"
#include "engine/tensor/dims_text.h"
#include "output.h"
#include "text_table.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace burdock::cli {
namespace {

/// The step that the node is run as, unless it is a block or takes no part.
const CheckedStep* stepOf(const NodePlace& place, const CheckedNetwork& network) {
    const auto it = std::ranges::find_if(network.steps(), [&](const CheckedStep& s) {
        return s.path == place.path && s.repetitions == place.repetitions;
    });
    return it == network.steps().end() ? nullptr : &*it;
}

/// The longest way to a layer of this network: one within blocks where there are any.
std::string examplePath(const Graph& graph, const GraphReport& report) {
    const CheckedStep* deepest = nullptr;
    if (report.network)
        for (const CheckedStep& step : report.network->steps())
            if (!deepest || step.path.depth() > deepest->path.depth() ||
                (step.path.depth() == deepest->path.depth() && deepest->layer->parameters == 0 &&
                 step.layer->parameters > 0))
                deepest = &step;
    return deepest ? pathText(graph, deepest->path) : "block/layer";
}

Json layerJson(const Node& node, const NodePlace& place, const NodeReport& known, const CheckedStep* step) {
    Json inputs = Json::array(), weights = Json::array();
    for (const Shape& shape : known.inputs)
        inputs.push_back(shapeJson(shape));
    for (std::size_t i = 0; step && i < step->weights.size(); ++i)
        weights.push_back({{"name", step->weights[i]}, {"shape", step->layer->weights[i].dims}});
    return {{"type", node.type},
            {"name", step ? step->name : node.name},
            {"repetitions", place.repetitions},
            {"params",
             Json::parse(toJson(node.params).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))},
            {"bypassed", node.bypassed},
            {"frozen", step ? step->frozen : node.frozen},
            {"inputs", inputs},
            {"output", known.output ? shapeJson(*known.output) : Json()},
            {"parameters", known.parameters},
            {"macs", known.macs},
            {"weights", weights}};
}

} // namespace

Result<int> describeLayer(const Graph& graph, const GraphReport& report, const std::string& path,
                          const Program& program) {
    const auto place = findPlace(graph, path);
    const NodeReport* known = place ? report.find(place->path, place->repetitions) : nullptr;
    if (!known)
        return refuse(problem("layer.path", "There is no layer at that path.", path,
                              "Name it with the blocks around it, such as \"" + examplePath(graph, report) +
                                  "\"; without --layer all are listed."));
    const Node& node = *nodeAt(graph, place->path);
    const CheckedStep* step = report.network ? stepOf(*place, *report.network) : nullptr;
    if (program.json) {
        printJson(layerJson(node, *place, *known, step));
        return 0;
    }
    const LayerSchema* schema = layerRegistry().find(node.type);
    print(pathText(graph, place->path) + ": " + (schema ? schema->name : "Block"));
    if (node.bypassed) print("bypassed");
    if (step ? step->frozen : node.frozen) print("frozen");
    print("");
    TextTable table({{"Property", TextTable::Align::Left}, {"Value", TextTable::Align::Left}});
    if (node.block) table.add({"Repetitions", std::to_string(node.block->repeat)});
    if (schema)
        for (const ParamSpec& spec : schema->params)
            table.add({spec.label, toString(paramOr(node.params, spec))});
    for (const Shape& shape : known->inputs)
        table.add({"Input", toString(shape)});
    if (known->output) table.add({"Output", toString(*known->output)});
    table.add({"Parameters", grouped(known->parameters)});
    table.add({"Multiply-adds", grouped(known->macs)});
    for (std::size_t i = 0; step && i < step->weights.size(); ++i)
        table.add({step->weights[i], dimsText(step->layer->weights[i].dims)});
    table.print();
    return 0;
}

} // namespace burdock::cli
