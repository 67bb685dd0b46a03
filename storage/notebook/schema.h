#pragma once

#include "storage/database/file_format.h"
#include "storage/database/table.h"

namespace burdock::storage {

/// "BRDK", the application_id of a `.burdock` file.
constexpr quint32 notebookApplicationId = 0x4252444b;

/// The notebook's tables and how they came to be. A new version is a new entry at the end.
const FileFormat& notebookFormat();

const Table& runTable();   ///< what changes in the life of a run
const Table& setupTable(); ///< what was known when it started; the key is the run's
const Table& epochTable(); ///< one row per epoch
const Table& chunkTable(); ///< the curves: a few thousand steps of one series per row
/// What a checkpoint is. Its values stand in `tensor`; those that format 3 and older wrote stand in
/// `weights`, under the same key, as one safetensors file.
const Table& checkpointTable();
const Table& tensorTable(); ///< one row per array; its values stand in `tensor_chunk`
const Table& modelTable();
const Table& settingTable();

} // namespace burdock::storage
