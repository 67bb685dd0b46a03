#pragma once

#include "engine/plan/weights.h"

#include <memory>
#include <optional>

namespace burdock {

/// Where a run stands, beside its weights: with both it goes on as if it had never stopped. Random numbers
/// follow from seed, epoch, step and index, so that they need no state.
struct TrainState {
    std::int64_t step = 0;
    std::int64_t epochs = 0;         ///< complete ones
    std::int64_t batches = 0;        ///< mini-batches trained of the epoch that is not complete
    double lossSum = 0;              ///< over those, each mean times its weight
    double lossWeight = 0;           ///< the sum of those weights
    double accuracySum = 0;          ///< over those, weighted by samples
    double trained = 0;              ///< seconds of training them
    std::int64_t samples = 0;        ///< in them
    double seconds = 0;              ///< of the run
    std::optional<double> firstLoss; ///< of the first step
    std::optional<double> bestScore; ///< none before the first epoch
    std::string bestBy;              ///< what it is a score of: "loss", or a metric; empty: of runs that told
                                     ///< none, accuracy where the task has one, else the loss
    std::optional<double> bestLoss;  ///< of the epoch with that score
    std::optional<double> lowestLoss;   ///< of early stopping
    std::int64_t epochsWithoutGain = 0; ///< of early stopping
    std::vector<double> schedule;       ///< Schedule::state()
    std::vector<NamedTensor> optimizer; ///< the optimizer's, "mean/conv 1.weight"
};

/// A checkpoint as it is stored: weights, and the state where it was kept.
struct StoredCheckpoint {
    WeightSet weights;
    std::optional<TrainState> state;
};

/// All of the state but the optimizer's arrays, as JSON.
std::string stateText(const TrainState& state);
/// Refuses what no training can have reached; whether it fits a run is for Trainer::resume() to say.
Result<TrainState> stateFromText(std::string_view text);

/// A checkpoint in one piece, as it was stored before arrays were kept one by one: safetensors with the
/// weights first, then the optimizer's arrays; the rest of the state is in the metadata.
Result<StoredCheckpoint> decodeCheckpoint(std::span<const std::byte> bytes);

} // namespace burdock
