#include "engine/models/proposal.h"

#include "engine/data/picture.h"
#include "engine/models/adaptation.h"
#include "engine/models/chain.h"
#include "engine/models/templates.h"
#include "engine/schema/number_text.h"
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
    // So many that they can tell the features apart, but ten samples for each; fewer than thirty ReLUs bend a
    // curve too seldom, and early stopping keeps them from learning samples by heart.
    const double wanted = std::min(std::max(4.0 * static_cast<double>(features), std::sqrt(n)), n / 10);
    return {n < 100    ? 1
            : n < 5000 ? 2
                       : 3,
            std::clamp<std::int64_t>(10 * std::llround(wanted / 10), n < 100 ? 10 : 30, 100)};
}

/// So few samples that a wide network learns them by heart, pictures of them in few steps.
constexpr std::int64_t fewPictures = 1000;
/// What brings the usual networks near to their end on small data, as a number of steps.
constexpr std::int64_t rowSteps = 3000, pictureSteps = 600;

/// "3,000".
std::string grouped(std::int64_t number) {
    std::string text = std::to_string(number);
    for (auto at = std::ssize(text) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), 1, ',');
    return text;
}

/// As many epochs as the steps take where an epoch of few samples has few of them, and an end to it where
/// nothing is gained any more. A template that asks for fewer than usual has steps that take long.
void proposeEpochs(std::int64_t samples, std::int64_t steps, Proposal& proposal) {
    constexpr std::int64_t most = 300, fewestWithoutGain = 10;
    TrainConfig& config = proposal.config;
    const std::int64_t usual = config.epochs;
    const std::int64_t perEpoch = (samples + config.batch - 1) / config.batch;
    if (usual >= TrainConfig{}.epochs)
        config.epochs = std::clamp((steps + perEpoch - 1) / perEpoch, usual, std::max(usual, most));
    if (config.epochs > 2 * usual) config.patience = std::max(fewestWithoutGain, config.epochs / 5);
    const std::int64_t all = config.epochs * perEpoch;
    const std::int64_t rounded = all < 1000 ? all : (all + 50) / 100 * 100;
    proposal.lines.push_back(
        {"Epochs", std::to_string(config.epochs) + ", about " + grouped(rounded) + " steps",
         grouped(samples) + (samples == 1 ? " sample" : " samples") + " to train on, " + grouped(perEpoch) +
             (perEpoch == 1 ? " step" : " steps") + " an epoch." +
             (config.patience > 0
                  ? " Ends after " + std::to_string(config.patience) + " without a gain; the best is kept."
                  : "")});
    proposal.lines.push_back({"Learning rate", shortestText(config.learningRate), ""});
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
    proposal.config.learningRate = 3e-3;
    proposeEpochs(static_cast<std::int64_t>(samples.size()), rowSteps, proposal);
    return proposal;
}

/// The lecture's pattern, narrow: convolutions that double their filters as pooling halves the maps, until
/// these are small, a dense layer, dropout.
Proposal smallCnnFor(const Dataset& data, std::span<const std::int64_t> samples,
                     const TrainConfig& settings) {
    constexpr std::int64_t smallest = 6, neurons = 64, firstFilters = 16, mostFilters = 128;
    const ParamValues heNormal{{"initializer", std::string("he_normal")}};
    const DatasetInfo& info = data.info();
    const auto count = static_cast<std::int64_t>(samples.size());
    Proposal proposal;
    proposal.config = settings;
    Chain chain("Small CNN for " + info.title, info.input);
    std::int64_t filters = firstFilters;
    std::string told;
    for (std::int64_t side = std::min(info.input.height, info.input.width); told.empty() || side >= smallest;
         side /= 2, filters = std::min(2 * filters, mostFilters)) {
        chain.conv(filters, told.empty() ? 5 : 3, heNormal).relu().maxPool();
        told += (told.empty() ? "" : ", ") + std::to_string(filters);
    }
    chain.flatten().dense(neurons, heNormal).relu().dropout(0.5);
    proposal.lines = {
        {"Network", "Small CNN",
         "A sample is a picture, and there are few: " + std::to_string(count) + " to train on."},
        {"Input", toString(info.input), ""},
        {"Filters", told, "A convolution each, and pooling that halves the maps."},
        {"Dense layer", std::to_string(neurons) + " neurons, dropout 0.5", ""}};
    std::string activation;
    proposeEnd(data, samples, proposal, activation);
    chain.dense(info.outputShape().size());
    if (!activation.empty()) chain.then(activation, activation);
    proposal.graph = chain.build();
    proposeEpochs(count, pictureSteps, proposal);
    if (!proposal.config.augmentation.empty())
        proposal.lines.push_back({"Augmentation", formatAugmentation(proposal.config.augmentation),
                                  "Few pictures are soon known by heart."});
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
    constexpr std::int64_t leastSide = 4; // for a pooling
    if (fitting->id == "lecture-cnn" && std::ssize(split.train) < fewPictures &&
        std::min(info.input.height, info.input.width) >= leastSide) {
        TrainConfig settings = adapted(fitting->settings, info);
        settings.learningRate = TrainConfig{}.learningRate; // so shallow a network bears the usual one
        return smallCnnFor(data, split.train, settings);
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
    const std::int64_t steps = info.task->generates                 ? 0 // a text has many samples
                               : isPicture(info.input) || info.mask ? pictureSteps
                                                                    : rowSteps;
    proposeEpochs(std::ssize(split.train), steps, proposal);
    return proposal;
}

} // namespace burdock
