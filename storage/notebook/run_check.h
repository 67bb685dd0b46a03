#pragma once

#include "storage/notebook/run_backlog.h"

namespace burdock::storage {

// Whether a notebook has what was written of a run, as it was written.

/// What is not, of the first so many epochs and steps, whichever program wrote them. Reads all of them.
Outcome<MissingRows> lostUpTo(const Database& database, RunId run, qint64 epochs, qint64 steps);
/// What this program has told of a run, epochs and curves; Damaged if not. On the writer's thread.
Outcome<void> checkRows(const Database& database, const RunBacklog& run);
/// The weights that are still there to be used: the best and the last, then of the others the newest, as far
/// as a gigabyte goes, which takes a second or two to read. On the writer's thread, where others wait
/// meanwhile.
Outcome<void> checkWeights(const QString& notebook, const RunBacklog& run);

} // namespace burdock::storage
