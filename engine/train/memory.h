#pragma once

#include "engine/graph/checked_network.h"
#include "engine/train/loss.h"
#include "engine/train/train_config.h"

#include <optional>

namespace burdock {

/// What a run takes in memory, in bytes, beside the program and the data. What oneDNN builds for the shapes
/// of a network, some 50 kB a primitive, is the program's: it stays for the next run.
struct TrainingMemory {
    std::int64_t weights = 0;     ///< statistics of normalisations and copies in other formats included
    std::int64_t gradients = 0;   ///< of the weights
    std::int64_t optimizer = 0;   ///< what the optimizer remembers
    std::int64_t activations = 0; ///< values, their gradients and workspaces at the batch size, with reuse
    std::int64_t checkpoints = 0; ///< one copy of weights and optimizer, on its way to the disk
    std::int64_t writing = 0;     ///< at most, what a notebook's writer holds beside that copy
    std::int64_t total() const;
};

/// Worked out without allocating it: the same on every machine with as many threads, whatever it has free,
/// but for kernels that were tried there (kernel_trials.h). `samples`: those that are trained on (see
/// trainCount), of which a rest may be put through in plans of its own; where they are not known, some rest
/// is taken.
Result<TrainingMemory> estimateMemory(const CheckedNetwork& network, const TrainConfig& config,
                                      const LossSchema& loss, std::optional<std::int64_t> samples = {});

/// Tries the kernels that compete for the steps of training and of measuring, if the program tries any: what
/// is estimated from then on is of the kernels that will run. On the threads that training will use.
void tryKernels(const CheckedNetwork& network, const TrainConfig& config, const LossSchema& loss,
                std::optional<std::int64_t> samples);

/// Whether the system would give so many bytes and what the numerical libraries reserve for themselves where
/// so many plans of the network run on as many threads. To be asked before a plan is made: see
/// address_space.h.
Status checkReserve(const CheckedNetwork& network, std::int64_t bytes, std::int64_t plans,
                    std::int64_t threads);

/// What it takes; refuses what does not fit, with the figures.
Result<TrainingMemory> checkMemory(const CheckedNetwork& network, const TrainConfig& config,
                                   const LossSchema& loss, std::optional<std::int64_t> samples = {});

/// "1.4 GB", in powers of ten.
std::string bytesText(std::int64_t bytes);

} // namespace burdock
