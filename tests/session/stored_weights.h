#pragma once

#include "session/stored_checkpoint.h"

namespace burdock::test {

/// All weights of a run's checkpoint.
inline Result<WeightSet> readWeights(const storage::Notebook& notebook, storage::RunId run,
                                     const CheckpointChoice& choice) {
    const auto stored = StoredWeights::open(notebook, run, choice);
    if (!stored) return refuse(stored.error());
    return (*stored)->readAll();
}

} // namespace burdock::test
