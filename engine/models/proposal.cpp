#include "engine/models/proposal.h"

#include "engine/models/adaptation.h"
#include "engine/models/chain.h"
#include "engine/models/templates.h"
#include "engine/train/advice.h"
#include "engine/train/loss.h"
#include "engine/train/metric.h"
#include "engine/train/sample_kind.h"
#include "engine/train/task_defaults.h"
#include "engine/train/trainer.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

struct Hidden {
    std::int64_t layers = 1, neurons = 10;
};

Hidden hiddenFor(std::int64_t samples, std::int64_t features) {
    const auto n = static_cast<double>(samples);
    // So many that they can tell the features apart, but ten samples for each.
    const double wanted = std::min(std::max(4.0 * static_cast<double>(features), std::sqrt(n)), n / 10);
    return {n < 300    ? 1
            : n < 5000 ? 2
                       : 3,
            std::clamp<std::int64_t>(10 * std::llround(wanted / 10), 10, 100)};
}

/// The id of an activation whose range is that of the numbers to predict, and why; empty: none. What a
/// network gives of shifted ones lies around 0, whatever they are themselves.
std::pair<std::string, std::string> endFor(const std::vector<Spread>& spreads, bool shifted) {
    double low = 0, high = 0;
    const auto range = [&](auto member, auto pick) {
        std::vector<double> all;
        for (const Spread& s : spreads)
            all.push_back(s.*member);
        return *pick(all.begin(), all.end());
    };
    low = range(&Spread::smallest, [](auto a, auto b) { return std::min_element(a, b); });
    high = range(&Spread::largest, [](auto a, auto b) { return std::max_element(a, b); });
    const std::string from = "The numbers to predict lie from " + spreadText(low) + " to " + spreadText(high);
    if (shifted) return {"", from + "."};
    const bool fills =
        std::ranges::all_of(spreads, [](const Spread& s) { return s.largest - s.smallest >= 0.5; });
    if (low >= 0 && high <= 1 && fills) return {"sigmoid", from + ": between 0 and 1."};
    if (low >= -1 && high <= 1 && low < -0.5 && high > 0.5) return {"tanh", from + ": between −1 and 1."};
    if (low >= 0) return {"softplus", from + ": none is negative."};
    return {"", from + "."};
}

/// The trailing rows of the tables, and the settings that they stand for.
void proposeEnd(const Dataset& data, std::span<const std::int64_t> samples, Proposal& proposal,
                std::string& activation) {
    const DatasetInfo& info = data.info();
    const TaskSchema& task = info.task.schema();
    std::string why, lossWhy;
    const LossSchema* loss = &defaultLoss(info.task);
    bool unbalanced = false, rareLabels = false;
    if (const auto spreads = targetSpreads(data, samples); !spreads.empty()) {
        std::tie(activation, why) = endFor(spreads, !info.targetOffsets.empty());
        const auto far = std::ranges::find_if(spreads, &Spread::hasOutliers);
        if (far != spreads.end()) {
            loss = findLoss("huber");
            lossWhy = std::to_string(far->outliers) + " lie far from the others.";
        }
    } else {
        if (const LayerSchema* layer = layerOf(task.outputFunction)) activation = layer->id;
        const ClassBalance balance = balanceOf(data, samples);
        unbalanced = balance.isUnbalanced();
        rareLabels = balance.hasRareLabels();
        const auto weigh = [&](std::string_view weights, const char* reason) {
            proposal.config.lossParams = {{std::string(classWeightsKey), std::string(weights)}};
            lossWhy = reason;
        };
        if (unbalanced && !rareLabels)
            weigh(balancedWeights, "The classes are unbalanced: each counts as much as the others.");
        if (rareLabels)
            weigh(positiveWeights, "Some labels are rare: the yes of each counts as much as its no.");
    }
    if (!lossWhy.empty()) proposal.config.loss = loss->id;
    const LayerSchema* layer = layerRegistry().find(activation);
    const std::string outputs = toString(info.outputShape());
    proposal.lines.push_back({"Outputs", outputs, task.outputs == outputs ? "" : task.outputs + "."});
    proposal.lines.push_back({"Output activation", layer ? layer->name : "none", why});
    proposal.lines.push_back({"Loss",
                              loss->name + (rareLabels   ? ", positive weights of the labels"
                                            : unbalanced ? ", balanced class weights"
                                                         : ""),
                              lossWhy});
    std::string measured;
    for (const std::string& id : tellingMetrics(info, unbalanced))
        measured += (measured.empty() ? "" : ", ") + findMetric(id)->name;
    proposal.lines.push_back({"Metrics", measured, ""});
}

Proposal mlpFor(const Dataset& data, std::span<const std::int64_t> samples) {
    const DatasetInfo& info = data.info();
    const auto [layers, neurons] = hiddenFor(static_cast<std::int64_t>(samples.size()), info.input.size());
    Proposal proposal;
    proposal.lines = {
        {"Network", "MLP", "A sample is a row of numbers."},
        {"Inputs", std::to_string(info.input.size()), "1 per feature."},
        {"Hidden layers", std::to_string(layers), std::to_string(samples.size()) + " samples to train on."},
        {"Neurons per hidden layer", std::to_string(neurons), "Typically 10 to 100."},
        {"Hidden activation", "ReLU", ""}};
    std::string activation;
    proposeEnd(data, samples, proposal, activation);
    Chain chain("MLP for " + info.title, info.input);
    for (std::int64_t i = 0; i < layers; ++i)
        chain.dense(neurons).relu();
    chain.dense(info.outputShape().size());
    if (!activation.empty()) chain.then(activation, activation);
    proposal.graph = chain.build();
    return proposal;
}

} // namespace

Result<Proposal> proposeFor(const Dataset& data) {
    const DatasetInfo& info = data.info();
    const Split split = makeSplit(data, TrainConfig{}.validationFraction, 1);
    if (split.train.empty()) return refuse(nothingToTrainOn(info));
    if (kindOf(info) == SampleKind::Rows && info.input.isFlat()) return mlpFor(data, split.train);
    const ModelTemplate* const fitting = findTemplate(fittingTemplate(info));
    if (!fitting) {
        Diagnostic d;
        d.code = "propose.none";
        d.where = info.title;
        d.what = "No template fits these data.";
        d.why = "A sample is " + toString(info.input) + ", and the network has to give " +
                info.task->wants(info) + ".";
        d.mend = "Draw a network of your own.";
        return refuse(std::move(d));
    }
    auto made = adaptedTo(fitting->build(), info, fitting->settings);
    if (!made) return refuse(made.error());
    Proposal proposal{std::move(made->graph), std::move(made->config), {}};
    std::string changes;
    for (const std::string& change : made->changes)
        changes += (changes.empty() ? "" : "; ") + change;
    proposal.lines = {{"Network", fitting->title + " (template:" + fitting->id + ")",
                       changes.empty() ? "" : "Adapted: " + changes + "."},
                      {"Input", toString(info.input), ""}};
    std::string activation;
    Proposal end;
    end.config = proposal.config;
    proposeEnd(data, split.train, end, activation);
    proposal.lines.insert(proposal.lines.end(), end.lines.begin(), end.lines.end());
    if (end.config.loss != proposal.config.loss) {
        proposal.config.loss = end.config.loss;
        proposal.config.lossParams = end.config.lossParams;
    }
    return proposal;
}

} // namespace burdock
