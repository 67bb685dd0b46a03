#pragma once

#include "storage/database/database.h"
#include "storage/notebook/records.h"

namespace burdock::storage {

// Weights that other programs have deleted, as a whole: of a checkpoint that is there in part,
// readCheckpoints() tells.

/// What a query over `run` selects so that areWeightsMissing() can tell; one column.
QString keptKinds();
/// Whether weights that a run has kept are not there. It is called ended by its own program only when its
/// weights are written: one that was interrupted may have been killed before that.
bool areWeightsMissing(const RunSummary& run, const QString& kinds);

} // namespace burdock::storage
