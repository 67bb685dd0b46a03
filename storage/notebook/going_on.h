#pragma once

#include "storage/notebook/records.h"
#include "storage/storage_error.h"

namespace burdock::storage {

/// Refuses to take up a run that has neither been stopped nor interrupted, lies in the bin, or misses rows:
/// going on would count anew what there is, and nobody would miss the others any more.
Outcome<void> mayGoOn(const RunSummary& run);

} // namespace burdock::storage
