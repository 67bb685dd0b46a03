#include "engine/graph/end_checks.h"

namespace burdock {
namespace {

/// A Dropout or noise whose disturbance reaches the output with nothing learnt in between: as the output
/// itself, or with only activations and changes of shape after it.
void checkDisturbance(const CheckedNetwork& network, std::vector<Diagnostic>& found) {
    for (std::size_t at = network.output(); at != network.input();) {
        const CheckedStep& step = network.steps()[at];
        const LayerSchema& schema = *step.layer->schema;
        if (schema.trainingOnly) {
            const bool isOutput = at == network.output();
            Diagnostic d;
            d.severity = isOutput ? Severity::Error : Severity::Warning;
            d.code = "dropout.output";
            d.where = step.name;
            d.node = step.path;
            d.what = isOutput ? schema.name + " is the output of the network."
                              : schema.name + " disturbs the output of the network.";
            if (!isOutput) d.why = "Between it and the output no layer has weights.";
            d.mend = isOutput
                         ? "Put a layer after it: the output itself is never disturbed."
                         : "Put it before the last layer with weights: the output itself is never disturbed.";
            d.fix = Fix{Fix::Kind::RemoveNode, "Remove this " + schema.name, step.path, {}, {}, {}, 0};
            found.push_back(shortened(std::move(d)));
            return;
        }
        const bool passesOn = schema.category == Category::Activation || schema.keepsValues;
        if (!passesOn || step.inputs.size() != 1 || !step.weights.empty()) return;
        at = step.inputs.front().step;
    }
}

} // namespace

std::vector<Diagnostic> checkEnd(const CheckedNetwork& network) {
    std::vector<Diagnostic> found;
    checkDisturbance(network, found);
    return found;
}

} // namespace burdock
