#include "engine/train/train_config.h"

#include "engine/graph/graph_json.h"
#include "engine/train/loss.h"
#include "engine/train/metric.h"
#include "engine/train/optimizer.h"
#include "engine/train/schedule.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace burdock {
namespace {

ParamTable<TrainConfig> makeTable() {
    ParamTable<TrainConfig> t;
    t.add(&TrainConfig::epochs, {.key = "epochs",
                                 .label = "Epochs",
                                 .minimum = 1,
                                 .maximum = 100000,
                                 .doc = "Passes over the training split."});
    t.add(&TrainConfig::batch, {.key = "batch",
                                .label = "Batch size",
                                .minimum = 1,
                                .maximum = 65536,
                                .unit = "samples",
                                .doc = "Samples of one gradient step."});
    t.add(&TrainConfig::microBatch,
          {.key = "micro_batch",
           .label = "Micro-batch",
           .minimum = 0,
           .maximum = 65536,
           .unit = "samples",
           .doc = "How many samples of a batch are put through at once, in less memory; their gradients are "
                  "accumulated to the batch's step. 0: all. Batch normalisation then takes its means over so "
                  "many; without it the step stays the same.",
           .advanced = true});
    t.addChoice(&TrainConfig::optimizer,
                {.key = "optimizer", .label = "Optimizer", .doc = "How gradients move the weights."},
                Choices({}, optimizers().choices()));
    t.add(&TrainConfig::learningRate, {.key = "learning_rate",
                                       .label = "Learning rate",
                                       .minimum = 0,
                                       .maximum = 1000,
                                       .minimumExcluded = true,
                                       .doc = "The size of a step."});
    t.addChoice(
        &TrainConfig::schedule,
        {.key = "schedule", .label = "Schedule", .doc = "How the learning rate changes over the run."},
        Choices({}, schedules().choices()));
    t.addChoice(&TrainConfig::loss, {.key = "loss", .label = "Loss", .doc = "What training makes small."},
                Choices(std::vector<Choice>{{"auto", "By the data's task",
                                             "Cross-entropy for classes, squared error for numbers."}},
                        losses().choices()));
    t.add(&TrainConfig::validationFraction,
          {.key = "validation_fraction",
           .label = "Validation share",
           .minimum = 0,
           .maximum = 0.9,
           .doc = "The part of the training data that is held back to judge each epoch, where the data bring "
                  "no validation part."});
    t.addChoice(&TrainConfig::split,
                {.key = "split",
                 .label = "Split",
                 .doc =
                     "How samples come into the parts to train on, to validate and to test. Parts that the "
                     "data bring stay as they are."},
                splitKinds());
    t.add(&TrainConfig::folds,
          {.key = "folds",
           .label = "Cross-validation",
           .minimum = 0,
           .maximum = 100,
           .unit = "folds",
           .doc =
               "As many runs, each of which tests another part of the training data and trains on the "
               "others; of the tests, mean and 95 % interval (Student's t) are told. Folds are stratified "
               "where there are classes; by time, a fold is tested after training on what was before it. 0: "
               "one run."});
    t.add(&TrainConfig::fold, {.key = "fold",
                               .label = "Only fold",
                               .minimum = 0,
                               .maximum = 100,
                               .doc = "Trains one run of the cross-validation, such as one that is missing; "
                                      "0: all.",
                               .advanced = true});
    t.addChoice(&TrainConfig::fit,
                {.key = "fit",
                 .label = "Pictures of another size",
                 .doc = "How pictures are brought to the size and colours of the network's input."},
                {{"off", "Refuse", "Data and network must agree."},
                 {"resize", "Resize", "They are drawn larger or smaller."},
                 {"pad", "Pad or crop", "Black is put around them, or their borders are cut off."}});
    t.addChoice(&TrainConfig::normalise,
                {.key = "normalise",
                 .label = "Normalise",
                 .doc = "Brings inputs to mean 0 and deviation 1, as measured on the training split.",
                 .advanced = true},
                {{"auto", "By the data", "Features of tables; pixels stay between 0 and 1."},
                 {"off", "Nothing", ""},
                 {"features", "Each feature", "Each pixel by its own mean and deviation."},
                 {"channels", "Each channel", "All pixels of a colour alike."}});
    t.addChoice(&TrainConfig::targetScale,
                {.key = "target_scale",
                 .label = "Scale targets",
                 .doc = "The scale on which numbers to predict are learned, as measured on the training "
                        "split. Answers and metrics are always in the data's units.",
                 .advanced = true},
                {{"auto", "By the output",
                  "So that the activation at the end can reach them: to mean 0 and deviation 1 where it has "
                  "no bounds. The loss is told in the data's units, squared ones for the squared error; of "
                  "several numbers, in units of their deviations."},
                 {"standardise", "Standardise",
                  "To mean 0 and deviation 1, whatever the output can reach. The loss is told of these."},
                 {"off", "Nothing", "As they stand in the data."}});
    t.addChoice(&TrainConfig::bestMetric,
                {.key = "best_metric",
                 .label = "Best by",
                 .doc = "What the best epoch, whose weights are kept, and early stopping are judged by."},
                Choices(std::vector<Choice>{{"auto", "By the data's task",
                                             "The metric that tells most of the task, such as accuracy of "
                                             "classes; early stopping goes by the loss."},
                                            {"loss", "Loss", "The lower the better."}},
                        metrics().rankedChoices()));
    t.addChoice(
        &TrainConfig::epochMetrics,
        {.key = "epoch_metrics",
         .label = "Follow",
         .doc = "What is measured on the samples held back after every epoch. Of the samples trained on, "
                "loss and accuracy follow from the steps themselves; more would take a pass of its own.",
         .advanced = true},
        {{"usual", "The usual metrics", "The loss, and accuracy where the task has one."},
         {"all", "Every metric", "All that the task has, which takes a little longer."}});
    t.add(
        &TrainConfig::patience,
        {.key = "patience",
         .label = "Early stopping",
         .minimum = 0,
         .maximum = 100000,
         .unit = "epochs",
         .doc = "Ends the run after so many epochs without a gain on the samples held back; 0 never does."});
    t.add(&TrainConfig::minimumDelta, {.key = "min_delta",
                                       .label = "Least gain",
                                       .minimum = 0,
                                       .maximum = 1e6,
                                       .doc = "Early stopping: by how much an epoch must be better to count.",
                                       .advanced = true});
    t.add(&TrainConfig::restoreBest,
          {.key = "restore_best",
           .label = "Restore the best",
           .doc = "Early stopping: the weights of the best epoch become the run's last ones.",
           .advanced = true});
    t.add(&TrainConfig::weightDecay,
          {.key = "weight_decay",
           .label = "Weight decay",
           .minimum = 0,
           .maximum = 100,
           .doc =
               "Pulls all weights towards 0, biases and scales excepted: λ·w is added to the gradient; with "
               "AdamW and Lion the weights shrink by 1 − ηλ instead.",
           .advanced = true});
    t.add(&TrainConfig::clipNorm,
          {.key = "clip_norm",
           .label = "Clip by norm",
           .minimum = 0,
           .maximum = 1e9,
           .doc = "The gradient of all weights together is scaled down to this length if longer; 0: never.",
           .advanced = true});
    t.add(&TrainConfig::clipValue, {.key = "clip_value",
                                    .label = "Clip by value",
                                    .minimum = 0,
                                    .maximum = 1e9,
                                    .doc = "Each value of the gradient is cut off at ± this; 0: never.",
                                    .advanced = true});
    t.add(&TrainConfig::checkpointEvery,
          {.key = "checkpoint_every",
           .label = "Keep weights every",
           .minimum = 0,
           .maximum = 100000,
           .unit = "epochs",
           .doc = "Weights that stay in the notebook beside the best and the last ones; 0 keeps only those.",
           .advanced = true});
    t.add(&TrainConfig::seed, {.key = "seed",
                               .label = "Seed",
                               .minimum = 0,
                               .maximum = 2147483647,
                               .doc = "Fixes the first weights, the split, the shuffles and dropout.",
                               .advanced = true});
    t.addChoice(&TrainConfig::precision,
                {.key = "precision",
                 .label = "Precision",
                 .doc = "Of the values between layers; weights always keep single precision.",
                 .advanced = true},
                {{"auto", "By the processor",
                  "Mixed where the processor multiplies bfloat16 matrices and the network is large enough."},
                 {"f32", "Single", "32 bits throughout."},
                 {"mixed", "Mixed", "Values in bfloat16, sums and weights in 32 bits."}});
    t.add(&TrainConfig::recompute,
          {.key = "recompute",
           .label = "Recompute values",
           .doc = "Deep networks in less memory: values between layers are not kept from forward to backward "
                  "but computed again, which takes up to a third longer; the weights become the same.",
           .advanced = true});
    t.add(&TrainConfig::threads,
          {.key = "threads",
           .label = "Threads",
           .minimum = 0,
           .maximum = 1024,
           .doc = "Processor cores to use; 0 takes all of them. The last digits of what is "
                  "learnt may depend on how many.",
           .advanced = true});
    return t;
}

template <class Schema>
std::optional<EntryFacts> factsOf(const Schema* schema) {
    if (!schema) return std::nullopt;
    return EntryFacts{schema->name, schema->doc, schema->formula, schema->params};
}

} // namespace

const ParamTable<TrainConfig>& TrainConfig::table() {
    static const ParamTable<TrainConfig> t = makeTable();
    return t;
}

namespace {

Result<std::vector<TransformUse>> augmentationFromJson(const nlohmann::json& json) {
    Diagnostic bad;
    bad.code = "settings.augmentation";
    bad.where = "augmentation";
    bad.what = "The augmentation cannot be read.";
    bad.mend = "Give a list of objects with \"id\" and \"params\".";
    if (!json.is_array()) return refuse(bad);
    std::vector<TransformUse> uses;
    for (const nlohmann::json& item : json) {
        if (!item.is_object() || !item.contains("id") || !item["id"].is_string()) return refuse(bad);
        TransformUse use{item["id"].get<std::string>(), {}};
        if (item.contains("params")) {
            auto params = paramsFromJson(item["params"], "augmentation." + use.id);
            if (!params) return refuse(params.error());
            use.params = std::move(*params);
        }
        uses.push_back(std::move(use));
    }
    return uses;
}

} // namespace

const std::vector<EntrySetting>& entrySettings() {
    static const std::vector<EntrySetting> all{
        {"optimizer", &TrainConfig::optimizer, &TrainConfig::optimizerParams,
         [](const std::string& id) { return factsOf(findOptimizer(id)); }},
        {"schedule", &TrainConfig::schedule, &TrainConfig::scheduleParams,
         [](const std::string& id) { return factsOf(findSchedule(id)); }},
        {"loss", &TrainConfig::loss, &TrainConfig::lossParams,
         [](const std::string& id) { return factsOf(findLoss(id)); }},
    };
    return all;
}

SplitOptions splitOptions(const TrainConfig& config) {
    return {config.validationFraction, static_cast<std::uint64_t>(config.seed),
            splitKindFromKey(config.split), config.folds, config.fold};
}

TrainConfig withSetting(TrainConfig config, const std::string& key, const ParamValue& value) {
    TrainConfig changed = config;
    TrainConfig::table().readInto(changed, {{key, value}});
    for (const EntrySetting& setting : entrySettings())
        if (changed.*setting.id != config.*setting.id) (changed.*setting.params).clear();
    if (changed.folds != config.folds) changed.fold = 0;
    const OptimizerSchema *before = findOptimizer(config.optimizer), *now = findOptimizer(changed.optimizer);
    // The usual rate of one optimizer is far off for another; a rate of the user's own stays.
    if (before && now && before != now && config.learningRate == before->defaultLearningRate)
        changed.learningRate = now->defaultLearningRate;
    return changed;
}

nlohmann::json toJson(const TrainConfig& config) {
    nlohmann::json object = toJson(TrainConfig::table().write(config));
    for (const EntrySetting& setting : entrySettings())
        object[setting.key + "_params"] = toJson(config.*setting.params);
    object["augmentation"] = nlohmann::json::array();
    for (const TransformUse& use : config.augmentation)
        object["augmentation"].push_back({{"id", use.id}, {"params", toJson(use.params)}});
    return object;
}

Result<TrainConfig> trainConfigFromJson(const nlohmann::json& json) {
    nlohmann::json own = json;
    const bool before = own.is_object() && !own.contains("target_scale"); // there were several of the choices
    if (own.is_object()) { // what was kept before there was a choice was trained like this
        own.emplace("schedule", "constant");
        own.emplace("precision", "f32");
        own.emplace("target_scale", "standardise");
    }
    std::vector<ParamValues> params;
    for (const EntrySetting& setting : entrySettings()) {
        const std::string key = setting.key + "_params";
        params.emplace_back();
        if (!own.is_object() || !own.contains(key)) continue;
        auto read = paramsFromJson(own[key], key);
        if (!read) return refuse(read.error());
        params.back() = std::move(*read);
        own.erase(key);
    }
    std::vector<TransformUse> augmentation;
    if (own.is_object() && own.contains("augmentation")) {
        auto read = augmentationFromJson(own["augmentation"]);
        if (!read) return refuse(read.error());
        augmentation = std::move(*read);
        own.erase("augmentation");
    }
    const auto values = paramsFromJson(own, "settings");
    if (!values) return refuse(values.error());
    if (const auto problems = checkParams(TrainConfig::table().specs(), *values); !problems.empty())
        return refuse(problems[0]);
    TrainConfig config = TrainConfig::table().read(*values);
    for (std::size_t i = 0; i < params.size(); ++i)
        config.*entrySettings()[i].params = std::move(params[i]);
    config.augmentation = std::move(augmentation);
    if (const LossSchema* loss = findLoss(config.loss); before && loss)
        if (std::ranges::find(loss->params, toldKey, &ParamSpec::key) != loss->params.end())
            config.lossParams.emplace(std::string(toldKey), std::string("distance"));
    if (const auto problems = checkTrainConfig(config); !problems.empty()) return refuse(problems[0]);
    return config;
}

namespace {

std::optional<Diagnostic> checkFolds(const TrainConfig& config) {
    Diagnostic d;
    if (config.folds == 1) {
        d.code = "settings.folds";
        d.where = d.param = "folds";
        d.what = "A cross-validation has two folds at the least.";
        d.mend = "Choose 2 or more, or 0 for a single run.";
    } else if (config.fold > config.folds) {
        d.code = "settings.fold";
        d.where = d.param = "fold";
        d.what = "There is no fold " + std::to_string(config.fold) + ".";
        d.why = config.folds == 0 ? "The run is not one of a cross-validation."
                                  : "The cross-validation has " + std::to_string(config.folds) + ".";
        d.mend = "Choose 0 for all folds, or more folds.";
    } else {
        return std::nullopt;
    }
    return d;
}

} // namespace

std::vector<Diagnostic> checkTrainConfig(const TrainConfig& config) {
    std::vector<Diagnostic> problems =
        checkParams(TrainConfig::table().specs(), TrainConfig::table().write(config));
    for (const EntrySetting& setting : entrySettings()) {
        const auto facts = setting.find(config.*setting.id);
        // Of an unknown entry the table has told already; "auto" has no settings of its own.
        if (!facts && config.*setting.id != "auto") continue;
        for (Diagnostic& d :
             checkParams(facts ? facts->params : std::vector<ParamSpec>{}, config.*setting.params))
            problems.push_back(std::move(d));
    }
    if (auto problem = checkFolds(config)) problems.push_back(std::move(*problem));
    for (Diagnostic& d : checkAugmentation(config.augmentation))
        problems.push_back(std::move(d));
    return problems;
}

} // namespace burdock
