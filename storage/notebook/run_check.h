#pragma once

#include "storage/notebook/run_backlog.h"

namespace burdock::storage {

// Whether a notebook has what this program has written of a run, as it was written. What the run had before,
// if it was resumed, is not looked at: damage in it is no news, and told wherever it is shown.

/// Epochs and curves; Damaged if not. On the writer's thread.
Outcome<void> checkRows(const Database& database, const RunBacklog& run);
/// The weights that are still there to be used: the best and the last, then of the others the newest, as far
/// as a gigabyte goes, which takes a second or two to read. On the writer's thread, where others wait
/// meanwhile.
Outcome<void> checkWeights(const QString& notebook, const RunBacklog& run);

} // namespace burdock::storage
