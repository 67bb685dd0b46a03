#pragma once

#include "engine/data/split.h"
#include "engine/train/evaluation.h"
#include "engine/train/run_checkpoints.h"
#include "engine/train/train_config.h"

#include <functional>

namespace burdock {

/// Why a checkpoint that is asked for by hand meanwhile is not kept; `where`: the network.
Diagnostic notWhileTesting(std::string where);

/// The end of a run: its best weights, which are loaded into its network and stay there, on the test samples.
struct RunTest {
    const TrainConfig& config;
    const Split& split;
    const TrainState& at;                     ///< where the run stands
    const std::optional<Diagnostic>& outlier; ///< of the data: see findOutlier()
    const RunCheckpoints& checkpoints;
    ParameterStore& store;
    double lossUnit = 1; ///< see lossUnit()

    /// `measure` measures all test samples, or as many as it comes to before it is stopped. Fills in the
    /// results of all of them; refuses weights that cannot be had, and a loss that is beyond all use.
    Status run(TrainObserver& observer, const std::function<Evaluation()>& measure,
               FinishRecord& finish) const;
};

} // namespace burdock
