#pragma once

#include "storage/notebook/records.h"

#include <QString>

namespace burdock {

// What storage has found changed or missing, in words for people. Empty: nothing.

/// Of everything that the lists show of a run, and of what it counts.
QString damageOf(const storage::RunSummary& run);
/// The same once its epochs, its steps and what is told of its checkpoints were read.
QString damageOf(storage::RunSummary run, const QVector<storage::EpochRow>& epochs,
                 const storage::StepCurves& steps, const QVector<storage::CheckpointInfo>& checkpoints);
/// Whether any of what its curves are drawn from is.
bool areCurvesDamaged(const QVector<storage::EpochRow>& epochs, const storage::StepCurves& steps);
/// What stands where a changed value stood.
QString damagedValue(); ///< "damaged"
/// What can be done about it.
QString damageMend();

} // namespace burdock
