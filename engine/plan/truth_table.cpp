#include "engine/plan/truth_table.h"

#include "engine/graph/check_graph.h"

#include <algorithm>

namespace burdock {
namespace {

constexpr std::int64_t mostInputs = 10;
/// Of all layers, for one row: what has more is no net of neurons, and may fill any memory.
constexpr std::int64_t mostValues = 1 << 20;
constexpr std::int64_t mostWork = 1 << 22; // multiply-adds a row

bool isSmall(const Graph& graph) {
    const GraphReport flat = checkGraph(flatten(graph));
    std::int64_t values = 0;
    for (const auto& [id, node] : flat.nodes)
        if (node.output) {
            if (node.output->size() > mostValues - values) return false;
            values += node.output->size();
        }
    return flat.macs <= mostWork;
}

Diagnostic problem(std::string code, std::string what, std::string mend) {
    Diagnostic d;
    d.code = "truth-table." + code;
    d.what = std::move(what);
    d.mend = std::move(mend);
    return d;
}

} // namespace

Result<TruthTable> truthTable(const Graph& graph, const WeightSet* weights) {
    const GraphReport report = checkGraph(graph);
    const auto in = report.shapeOf(report.input), out = report.shapeOf(report.output);
    TruthTable table;
    if (!report.hasErrors() && in && out) {
        if (!in->isFlat() || in->channels > mostInputs)
            return refuse(problem("inputs", "A truth table needs a vector of at most 10 inputs.",
                                  "Give the network an Input of 1 to 10 channels, height 1 and width 1."));
        if (report.parameters > 0 && !weights)
            return refuse(problem("weights", "The network has weights that are not known yet.",
                                  "Train it, and ask for the table of the run."));
        if (!isSmall(graph))
            return refuse(problem("size", "The network is too large for a truth table.",
                                  "Take a net of neurons, with a few values a layer."));
        table.inputs = in->channels;
        table.outputs = out->size();
    }
    auto plan = Plan::make(graph, {.batch = table.rows(), .training = false, .fast = false});
    if (!plan) return refuse(plan.error());
    if (weights)
        if (const Status loaded = (*plan)->store()->load(*weights); !loaded) return refuse(loaded.error());
    const Tensor<float> input = (*plan)->input();
    for (std::int64_t row = 0; row < table.rows(); ++row)
        for (std::int64_t i = 0; i < table.inputs; ++i)
            input.data[row * table.inputs + i] = table.input(row, i) ? 1.0f : 0.0f;
    (*plan)->forward();
    const auto answers = (*plan)->output().values();
    table.answers.assign(answers.begin(), answers.end());
    return table;
}

} // namespace burdock
