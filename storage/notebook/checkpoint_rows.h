#pragma once

#include "storage/database/database.h"
#include "storage/notebook/records.h"

namespace burdock::storage {

struct CheckpointBlob {
    CheckpointInfo info;
    QByteArray data;
};

/// Replaces the run's checkpoint of that kind. Needs a transaction.
Outcome<void> writeCheckpoint(Database& database, RunId run, const CheckpointBlob& blob);
/// Without the damaged ones.
Outcome<QVector<CheckpointInfo>> readCheckpoints(const Database& database, RunId run);
Outcome<QByteArray> readCheckpointData(const Database& database, RunId run, CheckpointKind kind);

} // namespace burdock::storage
