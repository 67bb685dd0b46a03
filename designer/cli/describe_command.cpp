#include "config_options.h"
#include "describe_layer.h"
#include "engine/graph/check_graph.h"
#include "engine/graph/node_paths.h"
#include "engine/plan/truth_table.h"
#include "engine/train/kernel_report.h"
#include "engine/train/memory.h"
#include "kernel_table.h"
#include "model_source.h"
#include "output.h"
#include "session/counted.h"
#include "text_table.h"

#include <nlohmann/json.hpp>

namespace burdock::cli {
namespace {

/// A row for each combination of the inputs: their values, then the outputs'.
Json truthJson(const TruthTable& table) {
    Json rows = Json::array();
    for (std::int64_t row = 0; row < table.rows(); ++row) {
        Json inputs = Json::array(), outputs = Json::array();
        for (std::int64_t i = 0; i < table.inputs; ++i)
            inputs.push_back(table.input(row, i) ? 1 : 0);
        for (std::int64_t i = 0; i < table.outputs; ++i)
            outputs.push_back(table.answer(row, i));
        rows.push_back({{"inputs", inputs}, {"outputs", outputs}});
    }
    return rows;
}

void printTruth(const TruthTable& table) {
    std::vector<std::pair<std::string, TextTable::Align>> columns;
    for (std::int64_t i = 0; i < table.inputs; ++i)
        columns.emplace_back("x" + std::to_string(i + 1), TextTable::Align::Right);
    for (std::int64_t i = 0; i < table.outputs; ++i)
        columns.emplace_back("y" + std::to_string(i + 1), TextTable::Align::Right);
    TextTable text(columns);
    for (std::int64_t row = 0; row < table.rows(); ++row) {
        std::vector<std::string> cells;
        for (std::int64_t i = 0; i < table.inputs; ++i)
            cells.push_back(table.input(row, i) ? "1" : "0");
        for (std::int64_t i = 0; i < table.outputs; ++i)
            cells.push_back(toString(ParamValue{static_cast<double>(table.answer(row, i))}));
        text.add(cells);
    }
    text.print();
    print("");
}

Json memoryJson(const TrainingMemory& m, std::int64_t batch) {
    return {
        {"batch", batch},       {"weights", m.weights},         {"gradients", m.gradients},
        {"slots", m.optimizer}, {"activations", m.activations}, {"checkpoints", m.checkpoints + m.writing},
        {"total", m.total()}};
}

/// The loss that the network's end suggests.
const LossSchema& lossOf(const CheckedNetwork& network) {
    const OutputFunction last = network.outputStep().layer->schema->outputFunction;
    for (const LossSchema& loss : losses())
        if (last != OutputFunction::None && loss.contains == last) return loss;
    return defaultLoss(Task::Regression);
}

/// The settings that a model brings along and its file does not hold, as options of `train`.
std::string settingsOf(const TrainConfig& config) {
    const ParamValues values = TrainConfig::table().write(config),
                      usual = TrainConfig::table().write(TrainConfig{});
    std::string all;
    const auto add = [&all](const std::string& option) { all += (all.empty() ? "" : " ") + option; };
    for (const ParamSpec& spec : TrainConfig::table().specs()) {
        if (const ParamValue& value = paramOr(values, spec); value != paramOr(usual, spec))
            add(optionName(spec.key) + " " + toString(value));
        for (const EntrySetting& setting : entrySettings())
            if (setting.key == spec.key)
                for (const auto& [key, value] : config.*setting.params)
                    add("--" + setting.key + "-option " + key + "=" + toString(value));
    }
    if (!config.augmentation.empty()) add("--augment \"" + formatAugmentation(config.augmentation) + "\"");
    return all;
}

struct DescribeArguments {
    std::string model, savePath, layer;
    std::int64_t batch = 0;
    bool kernels = false, force = false;
};

Result<int> describe(const DescribeArguments& arguments, Program& program) {
    const auto model = loadModel(arguments.model, program);
    if (!model) return refuse(model.error());
    const auto& [name, savePath, layer, givenBatch, kernels, force] = arguments;
    std::string notSaved;
    if (!savePath.empty()) {
        if (const Status saved = saveModel(model->graph, savePath, force); !saved)
            return refuse(saved.error());
        notSaved = settingsOf(model->config);
        if (!notSaved.empty() && !program.json)
            print("Not in " + savePath + ", which holds the network alone: " + notSaved);
    }
    const GraphReport report = checkGraph(model->graph); // without errors, or it had not been loaded
    if (!layer.empty()) return describeLayer(model->graph, report, layer, program);
    const auto& network = report.network;
    TrainConfig config = model->config;
    if (givenBatch > 0) config.batch = givenBatch;
    const std::int64_t batch = config.batch;
    const auto memory = estimateMemory(*network, config, lossOf(*network));
    if (!memory) return refuse(memory.error());
    Json layers = Json::array();
    TextTable table({{"Layer", TextTable::Align::Left},
                     {"Type", TextTable::Align::Left},
                     {"Output", TextTable::Align::Right},
                     {"Parameters", TextTable::Align::Right},
                     {"Multiply-adds", TextTable::Align::Right}});
    for (const CheckedStep& step : network->steps()) {
        const CheckedLayer& layer = *step.layer;
        layers.push_back({{"type", layer.type()},
                          {"name", step.name},
                          {"path", pathText(model->graph, step.path)},
                          {"output", shapeJson(layer.output())},
                          {"parameters", layer.parameters},
                          {"frozen", step.frozen},
                          {"macs", layer.macs}});
        table.add({step.name, layer.type(), toString(layer.output()),
                   grouped(layer.parameters) + (step.frozen && layer.parameters > 0 ? " frozen" : ""),
                   grouped(layer.macs)});
    }
    std::vector<NodeKernel> used;
    if (kernels) {
        auto found = trainingKernels(*network, config, lossOf(*network));
        if (!found) return refuse(found.error());
        used = std::move(*found);
    }
    const auto truth = truthTable(*network); // of what has nothing to learn and few inputs
    if (program.json) {
        Json json{{"model", model->graph.name},
                  {"parameters", network->parameters()},
                  {"trainable_parameters", network->trainable()},
                  {"macs", network->macs()},
                  {"memory", memoryJson(*memory, batch)},
                  {"layers", layers}};
        if (kernels) json["kernels"] = kernelsJson(used);
        if (truth) json["truth_table"] = truthJson(*truth);
        if (!savePath.empty()) json["settings_not_saved"] = notSaved;
        printJson(json);
        return 0;
    }
    print(model->graph.name);
    print("");
    table.print();
    print("");
    if (kernels) {
        printKernels(used);
        print("");
    }
    if (truth) printTruth(*truth);
    print(parametersText(network->parameters(), network->trainable()) + ", " +
          counted(network->macs(), "multiply-add") + " a sample");
    print("Training with batch size " + std::to_string(batch) + " takes " + bytesText(memory->total()) +
          ": weights " + bytesText(memory->weights) + ", gradients " + bytesText(memory->gradients) +
          ", optimizer " + bytesText(memory->optimizer) + ", activations " + bytesText(memory->activations) +
          ", checkpoints " + bytesText(memory->checkpoints + memory->writing));
    return 0;
}

} // namespace

void addDescribe(ArgumentParser& parser, Program& program, Chosen choose) {
    Command command = parser.command("describe", "Layers, shapes and sizes of a model");
    auto arguments = std::make_shared<DescribeArguments>();
    command.option("MODEL", arguments->model, modelHelp).required().typeName("");
    command
        .option("--batch", arguments->batch,
                "The batch size that memory is told for (default: 32, or the run's)")
        .typeName("N")
        .range(1, 65536);
    command
        .option("--save", arguments->savePath,
                "Write the network, without settings and weights, to a model file, to be edited and "
                "trained; another ending than .json chooses an exporter (see `burdock-cli exporters`)")
        .typeName("FILE")
        .check(notEmpty);
    command.flag("--force", arguments->force, "Let --save replace a file that is there");
    command.flag("--kernels", arguments->kernels,
                 "Also tell on which kernel each layer runs in training: backend, format, precision, and "
                 "why not on a faster one");
    command
        .option("--layer", arguments->layer,
                "Only the layer at this path: its settings, shapes and weights (\"stage 2/unit/conv 1\", or "
                "\"stage 2/1/unit/3/conv 1\" in the third repetition of unit)")
        .typeName("PATH")
        .check(notEmpty);
    addNotebookOption(command, program);
    addJsonFlag(command, program);
    command.callback([=] { choose([=](Program& p) { return describe(*arguments, p); }); });
}

} // namespace burdock::cli
