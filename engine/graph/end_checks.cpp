#include "engine/graph/end_checks.h"

namespace burdock {
namespace {

Diagnostic disturbs(const CheckedStep& step, bool isOutput) {
    const LayerSchema& schema = *step.layer->schema;
    Diagnostic d;
    d.code = "dropout.output";
    d.where = step.name;
    d.node = step.path;
    d.what = isOutput ? schema.name + " is the output of the network."
                      : schema.name + " disturbs the output of the network.";
    if (!isOutput) d.why = "Between it and the output no layer has weights.";
    d.mend = isOutput ? "Put a layer after it: the output itself is never disturbed."
                      : "Put it before the last layer with weights: the output itself is never disturbed.";
    d.fix = Fix{Fix::Kind::RemoveNode, "Remove this " + schema.name, step.path, {}, {}, {}, 0};
    return shortened(std::move(d));
}

/// A Dropout or noise whose disturbance reaches the output with nothing learnt in between: as the output
/// itself, or with only activations, merges and changes of shape after it.
void checkDisturbance(const CheckedNetwork& network, std::vector<Diagnostic>& found) {
    std::vector<bool> seen(network.steps().size(), false);
    std::vector<std::size_t> open{network.output()};
    while (!open.empty()) {
        const std::size_t at = open.back();
        open.pop_back();
        if (seen[at] || at == network.input()) continue;
        seen[at] = true;
        const CheckedStep& step = network.steps()[at];
        const LayerSchema& schema = *step.layer->schema;
        if (schema.trainingOnly) {
            found.push_back(disturbs(step, at == network.output()));
            continue;
        }
        const bool passesOn = schema.category == Category::Activation || schema.category == Category::Merge ||
                              schema.keepsValues;
        if (!passesOn || !step.weights.empty()) continue;
        for (auto source = step.inputs.rbegin(); source != step.inputs.rend(); ++source)
            open.push_back(source->step);
    }
}

/// A softmax of what is a distribution already: allowed, but hardly ever meant.
void checkDoubleSoftmax(const CheckedNetwork& network, std::vector<Diagnostic>& found) {
    for (const CheckedStep& step : network.steps()) {
        if (step.layer->schema->outputFunction != OutputFunction::Softmax) continue;
        std::size_t source = step.inputs.front().step;
        const auto passesOn = [&] {
            const LayerSchema& schema = *network.steps()[source].layer->schema;
            return schema.keepsValues || schema.trainingOnly;
        };
        while (passesOn())
            source = network.steps()[source].inputs.front().step;
        const CheckedStep& before = network.steps()[source];
        if (before.layer->schema->gives != OutputKind::Distribution) continue;
        Diagnostic d;
        d.severity = Severity::Hint;
        d.code = "softmax.twice";
        d.where = step.name;
        d.node = step.path;
        d.what = "What arrives is a probability distribution already.";
        d.why = "“" + before.name +
                "” has made it one; a second softmax brings the shares near each other, and learns slowly.";
        d.mend = "Remove one of both.";
        d.fix =
            Fix{Fix::Kind::RemoveNode, "Remove this " + step.layer->schema->name, step.path, {}, {}, {}, 0};
        found.push_back(shortened(std::move(d)));
    }
}

} // namespace

std::vector<Diagnostic> checkEnd(const CheckedNetwork& network) {
    std::vector<Diagnostic> found;
    checkDisturbance(network, found);
    checkDoubleSoftmax(network, found);
    return found;
}

} // namespace burdock
