#pragma once

#include "engine/graph/checked_network.h"
#include "engine/train/loss.h"
#include "engine/train/train_config.h"

namespace burdock {

/// Between what values a network's outputs lie, whatever it is given: 0 to 1 behind a sigmoid. Told from the
/// curve of the activation at its end; without bounds where there is none.
ValueRange outputRange(const CheckedNetwork& network);

/// How a run with these settings scales the numbers that this network learns to predict.
TargetScaling targetScaling(const CheckedNetwork& network, const TrainConfig& config);

/// What a loss of scaled targets is multiplied by to be told in the units of the data: the deviation, or its
/// square where the loss is one of squares. 1 where runs tell it as it is trained (see TargetScale), and of
/// several numbers to predict, each of which may have a unit of its own.
double lossUnit(const LossSchema& loss, const Scaling& scaling, const TrainConfig& config);

} // namespace burdock
