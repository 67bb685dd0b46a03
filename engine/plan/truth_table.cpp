#include "engine/plan/truth_table.h"

#include "engine/layers/neuron.h"

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

Status checkTruthTable(const CheckedNetwork& network, bool weightsKnown) {
    const Shape& in = network.inputShape();
    if (!in.isFlat() || in.channels > mostInputs)
        return refuse(problem("inputs", "A truth table needs a vector of at most 10 inputs.",
                              "Give the network an Input of 1 to 10 channels, height 1 and width 1."));
    if (network.parameters() > 0 && !weightsKnown)
        return refuse(problem("weights", "The network has weights that are not known yet.",
                              "Train it, and ask for the table of the run."));
    const std::int64_t rows = std::int64_t{1} << in.channels;
    std::int64_t values = 0;
    for (const CheckedStep& step : network.steps())
        values = saturatedSum(values, saturatedProduct(step.layer->output().size(), rows));
    if (values > mostValues || network.macs(rows) > mostWork)
        return refuse(problem("size", "The network is too large for a truth table.",
                              "Take a net of neurons, with a few values a layer."));
    return {};
}

namespace {

/// Runs all rows at once; `probe` sees what every node gives.
Result<TruthTable> answered(const CheckedNetwork& network, const WeightSet* weights,
                            const Plan::Probe& probe) {
    if (const Status can = checkTruthTable(network, weights != nullptr); !can) return refuse(can.error());
    TruthTable table;
    table.inputs = network.inputShape().channels;
    table.outputs = network.outputShape().size();
    auto plan = Plan::make(network, {.batch = table.rows(), .training = false, .fast = false});
    if (!plan) return refuse(plan.error());
    if (weights)
        if (const Status loaded = (*plan)->store()->load(*weights); !loaded) return refuse(loaded.error());
    const Tensor<float> input = (*plan)->input();
    for (std::int64_t row = 0; row < table.rows(); ++row)
        for (std::int64_t i = 0; i < table.inputs; ++i)
            input.data[row * table.inputs + i] = table.input(row, i) ? 1.0f : 0.0f;
    probe(network.inputStep().name, input);
    (*plan)->probedForward(probe);
    const auto answers = (*plan)->output().values();
    table.answers.assign(answers.begin(), answers.end());
    return table;
}

} // namespace

Result<TruthTable> truthTable(const CheckedNetwork& network, const WeightSet* weights) {
    return answered(network, weights, [](const std::string&, const Tensor<float>&) {});
}

Result<TracedTruth> tracedTruth(const CheckedNetwork& network, const WeightSet* weights) {
    std::vector<TruthStep> steps;
    auto table = answered(network, weights, [&](const std::string& node, const Tensor<float>& output) {
        const CheckedStep* step = network.find(node);
        if (!step) return;
        const auto values = output.values();
        steps.push_back({static_cast<std::size_t>(step - network.steps().data()), output.shape.size(),
                         std::vector<float>(values.begin(), values.end())});
    });
    if (!table) return refuse(table.error());
    return TracedTruth{network, std::move(*table), std::move(steps)};
}

const TruthStep* TracedTruth::source(const TruthStep& of) const {
    const auto& read = network.steps()[of.step].inputs;
    if (read.empty() || read[0].output != 0) return nullptr;
    const auto at = std::ranges::find(steps, read[0].step, &TruthStep::step);
    return at == steps.end() ? nullptr : &*at;
}

std::optional<UnitSum> unitSum(const TracedTruth& truth, const TruthStep& step, std::int64_t row,
                               std::size_t unit, const WeightSet* weights) {
    const CheckedStep& checked = truth.network.steps()[step.step];
    const CheckedLayer& layer = *checked.layer;
    const TruthStep* source = truth.source(step);
    if (!source || unit >= static_cast<std::size_t>(step.size)) return {};
    const auto x = source->row(row);
    UnitSum told;
    if (const auto neuron = thresholdNeuron(layer.type(), layer.params, unit)) {
        told.weights = neuron->weights;
        told.threshold = neuron->threshold;
        if (told.weights.empty())
            told.inputs = {static_cast<double>(x[unit])};
        else
            told.inputs.assign(x.begin(), x.end());
    } else if (layer.schema->category == Category::Dense && weights && !checked.weights.empty()) {
        const NamedTensor* matrix = weights->find(checked.weights[0]);
        if (!matrix || matrix->values.size() != x.size() * static_cast<std::size_t>(step.size)) return {};
        const auto first = matrix->values.begin() + static_cast<std::ptrdiff_t>(unit * x.size());
        told.weights.assign(first, first + static_cast<std::ptrdiff_t>(x.size()));
        told.inputs.assign(x.begin(), x.end());
        if (checked.weights.size() > 1)
            if (const NamedTensor* bias = weights->find(checked.weights[1]);
                bias && unit < bias->values.size())
                told.bias = static_cast<double>(bias->values[unit]);
    } else {
        return {};
    }
    told.sum = told.bias;
    for (std::size_t i = 0; i < told.inputs.size(); ++i)
        told.sum += told.inputs[i] * (told.weights.empty() ? 1 : told.weights[i]);
    return told;
}

} // namespace burdock
