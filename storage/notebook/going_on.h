#pragma once

#include "storage/database/database.h"
#include "storage/notebook/records.h"
#include "storage/storage_error.h"

namespace burdock::storage {

/// Why a run is not taken up again: what is named first is told first.
enum class Hindrance {
    Binned,
    Running,
    Over,    ///< it has neither been stopped nor interrupted
    Missing, ///< rows: going on would count anew what there is, and nobody would miss the others any more
    Changed  ///< on the disk
};
std::optional<Hindrance> hindranceOf(const RunSummary& run);
/// Refuses a run that something hinders.
Outcome<void> mayGoOn(const RunSummary& run);
/// The refusal if anything is missing.
Outcome<void> mayGoOnWithout(const RunSummary& run, const MissingRows& missing);
/// Refuses a run that something hinders, or of which not all up to there is as it was written: going on would
/// bury that.
Outcome<void> mayGoOnFrom(const Database& database, const RunSummary& run, qint64 epochs, qint64 steps);
/// Makes an ended run Running again, with what it had after so many complete epochs and steps. Needs a
/// transaction.
Outcome<void> reopenRun(Database& database, RunId run, qint64 epochs, qint64 steps);

} // namespace burdock::storage
