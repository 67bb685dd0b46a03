#include "engine/graph/check_graph.h"
#include "model_source.h"
#include "output.h"
#include "text_table.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace burdock::cli {
namespace {

Json shapeJson(const Shape& shape) {
    return {{"channels", shape.channels}, {"height", shape.height}, {"width", shape.width}};
}

Result<int> describe(const std::string& name, Program& program) {
    const auto model = loadModel(name, program);
    if (!model) return refuse(model.error());
    const GraphReport whole = checkGraph(model->graph);
    const Graph flat = flatten(model->graph); // blocks as the layers they stand for
    const GraphReport report = checkGraph(flat);
    Json layers = Json::array();
    TextTable table({{"Layer", TextTable::Align::Left},
                     {"Type", TextTable::Align::Left},
                     {"Output", TextTable::Align::Right},
                     {"Parameters", TextTable::Align::Right},
                     {"Multiply-adds", TextTable::Align::Right}});
    for (const NodeId id : report.order) {
        const Node& node = *flat.find(id);
        const NodeReport& r = *report.find(id);
        const Shape output = r.output.value_or(Shape{});
        layers.push_back({{"type", node.type},
                          {"name", node.name},
                          {"output", shapeJson(output)},
                          {"parameters", r.parameters},
                          {"macs", r.macs}});
        table.add({node.name, node.type, toString(output), grouped(r.parameters), grouped(r.macs)});
    }
    if (program.json) {
        printJson({{"model", model->graph.name},
                   {"parameters", whole.parameters},
                   {"macs", whole.macs},
                   {"layers", layers}});
        return 0;
    }
    print(model->graph.name);
    print("");
    table.print();
    print("");
    print(grouped(whole.parameters) + " parameters, " + grouped(whole.macs) + " multiply-adds a sample");
    return 0;
}

} // namespace

void addDescribe(CLI::App& app, Program& program, Chosen choose) {
    CLI::App* command = app.add_subcommand("describe", "Layers, shapes and sizes of a model");
    auto model = std::make_shared<std::string>();
    command->add_option("MODEL", *model, modelHelp)->required()->type_name("");
    addNotebookOption(*command, program);
    addJsonFlag(*command, program);
    command->callback([=] { choose([=](Program& p) { return describe(*model, p); }); });
}

} // namespace burdock::cli
