#pragma once

#include "engine/data/adapt.h"
#include "engine/data/transform.h"
#include "engine/schema/param_table.h"
#include "engine/train/scaling.h"

#include <nlohmann/json_fwd.hpp>

namespace burdock {

/// The settings of one run. The training form, the command line's options and the notebook's
/// columns are all made from table().
struct TrainConfig {
    std::int64_t epochs = 10;
    std::int64_t batch = 32;
    std::string optimizer = "adam"; ///< an OptimizerSchema's id
    double learningRate = 1e-3;
    ParamValues optimizerParams; ///< of that OptimizerSchema; missing: defaults
    std::string loss = "auto";   ///< a LossSchema's id, or "auto": by the data's task
    std::int64_t seed = 1;
    std::string precision = "auto";  ///< a precisionKey()
    std::int64_t threads = 0;        ///< 0: as many as the machine has cores
    double validationFraction = 0.1; ///< of the training part, split off by the seed
    Fit fit = Fit::Off;              ///< of pictures to the network's input
    Normalise normalise = Normalise::Auto;
    std::vector<TransformUse> augmentation; ///< of the training split, in this order

    static const ParamTable<TrainConfig>& table();
};

nlohmann::json toJson(const TrainConfig& config);
Result<TrainConfig> trainConfigFromJson(const nlohmann::json& json);
/// Ranges, and ids against the registries.
std::vector<Diagnostic> checkTrainConfig(const TrainConfig& config);

} // namespace burdock
