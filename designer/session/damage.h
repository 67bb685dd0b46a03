#pragma once

#include "storage/notebook/records.h"

#include <QString>

namespace burdock {

// What storage has found changed or missing, in words for people. Empty: nothing.

/// Of a run's own row: everything that the lists show of it.
QString damageOf(const storage::RunSummary& run);
/// Of its epochs and steps, as far as they were read.
QString damageOf(const QVector<storage::EpochRow>& epochs, const storage::StepCurves& steps);
/// What stands where a changed value stood.
QString damagedValue(); ///< "damaged"
/// What can be done about it.
QString damageMend();

} // namespace burdock
