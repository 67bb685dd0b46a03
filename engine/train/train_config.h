#pragma once

#include "engine/data/adapt.h"
#include "engine/data/split.h"
#include "engine/data/transform.h"
#include "engine/schema/param_table.h"
#include "engine/train/scaling.h"

#include <functional>
#include <nlohmann/json_fwd.hpp>

namespace burdock {

/// The settings of one run. The training form, the command line's options and the notebook's
/// columns are all made from table().
struct TrainConfig {
    std::int64_t epochs = 15;
    std::int64_t batch = 32;
    std::int64_t microBatch = 0;    ///< samples that are put through at once; 0: the batch
    std::string optimizer = "adam"; ///< an OptimizerSchema's id
    double learningRate = 1e-3;
    ParamValues optimizerParams;     ///< of that OptimizerSchema; missing: defaults
    std::string schedule = "cosine"; ///< a ScheduleSchema's id
    ParamValues scheduleParams;
    std::string loss = "auto"; ///< a LossSchema's id, or "auto": by the data's task
    ParamValues lossParams;
    double weightDecay = 0; ///< λ of all weights that decay
    double clipNorm = 0;    ///< longest gradient; 0: any
    double clipValue = 0;   ///< largest value of a gradient; 0: any
    /// The metric by which an epoch is the best and early stopping judges: an id, "loss", or "auto" (what
    /// the task's entry names first for the best epoch, the loss for early stopping).
    std::string bestMetric = "auto";
    std::string epochMetrics = "usual"; ///< what every epoch measures on the validation split: or "all"
    std::int64_t patience = 0; ///< epochs without a lower loss until the run ends; 0: it goes to the end
    double minimumDelta = 0;   ///< by how much a loss must be lower to count
    bool restoreBest = true;   ///< a run that ended early keeps its best weights as its last
    std::int64_t checkpointEvery = 0; ///< epochs from one checkpoint that stays to the next; 0: none stays
    std::int64_t seed = 1;
    std::string precision = "auto";  ///< a precisionKey()
    bool recompute = false;          ///< see PlanOptions
    std::int64_t threads = 0;        ///< 0: as many as the machine has cores
    double validationFraction = 0.1; ///< of the training part, split off by the seed
    std::string split = "random";    ///< a splitKindKey()
    std::int64_t folds = 0;          ///< of a cross-validation, a run each; 0: there is none
    std::int64_t fold = 0;           ///< 1 to folds: which of them is tested; 0: all, in a run each
    Fit fit = Fit::Off;              ///< of pictures to the network's input
    Normalise normalise = Normalise::Auto;
    TargetScale targetScale = TargetScale::Auto;
    std::vector<TransformUse> augmentation; ///< of the training split, in this order

    static const ParamTable<TrainConfig>& table();
};

/// One entry of a registry, as forms and the command line need it.
struct EntryFacts {
    std::string name, doc, formula;
    std::vector<ParamSpec> params;
};

/// A setting that names an entry of a registry, whose own hyperparameters stand beside it: in JSON under
/// `key` + "_params", on the command line as --`key`-option.
struct EntrySetting {
    std::string key; ///< "optimizer"
    std::string TrainConfig::*id;
    ParamValues TrainConfig::*params;
    std::function<std::optional<EntryFacts>(const std::string& id)> find; ///< none for "auto"
};
const std::vector<EntrySetting>& entrySettings();

SplitOptions splitOptions(const TrainConfig& config);

/// `config` with `value` under the table's `key`. What belongs to another entry is dropped with it: its
/// hyperparameters, the optimizer's usual learning rate if it was not changed, and which of the folds is
/// tested.
TrainConfig withSetting(TrainConfig config, const std::string& key, const ParamValue& value);

nlohmann::json toJson(const TrainConfig& config);
Result<TrainConfig> trainConfigFromJson(const nlohmann::json& json);
/// Ranges, and ids against the registries.
std::vector<Diagnostic> checkTrainConfig(const TrainConfig& config);

} // namespace burdock
