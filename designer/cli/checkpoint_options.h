#pragma once

#include "program.h"
#include "session/stored_checkpoint.h"

#include <optional>

namespace burdock::cli {

/// The options that choose among a run's checkpoints.
struct CheckpointOptions {
    std::string weights; ///< "best", "last", or empty
    std::optional<std::int64_t> epoch, checkpoint;

    bool anyGiven() const { return !weights.empty() || epoch || checkpoint; }
    /// `withKinds`: --weights best|last too.
    void addTo(Command command, bool withKinds);
    /// The best where nothing is given.
    Result<CheckpointChoice> choose(const storage::Notebook& notebook, storage::RunId run) const;
};

} // namespace burdock::cli
