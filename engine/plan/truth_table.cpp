#include "engine/plan/truth_table.h"

#include <algorithm>

namespace burdock {
namespace {

constexpr std::int64_t mostInputs = 10;
/// Of all layers and all rows: what has more is no net of neurons, and may fill any memory. The table is made
/// anew at every key press.
constexpr std::int64_t mostValues = 4'000'000, mostWork = 4'000'000;

Diagnostic problem(std::string code, std::string what, std::string mend) {
    Diagnostic d;
    d.code = "truth-table." + code;
    d.what = std::move(what);
    d.mend = std::move(mend);
    return d;
}

} // namespace

Result<TruthTable> truthTable(const CheckedNetwork& network, const WeightSet* weights) {
    const Shape& in = network.inputShape();
    if (!in.isFlat() || in.channels > mostInputs)
        return refuse(problem("inputs", "A truth table needs a vector of at most 10 inputs.",
                              "Give the network an Input of 1 to 10 channels, height 1 and width 1."));
    if (network.parameters() > 0 && !weights)
        return refuse(problem("weights", "The network has weights that are not known yet.",
                              "Train it, and ask for the table of the run."));
    TruthTable table;
    table.inputs = in.channels;
    table.outputs = network.outputShape().size();
    std::int64_t values = 0;
    for (const CheckedStep& step : network.steps())
        values = saturatedSum(values, saturatedProduct(step.layer->output().size(), table.rows()));
    if (values > mostValues || network.macs(table.rows()) > mostWork)
        return refuse(problem("size", "The network is too large for a truth table.",
                              "Take a net of neurons, with a few values a layer."));
    auto plan = Plan::make(network, {.batch = table.rows(), .training = false, .fast = false});
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
