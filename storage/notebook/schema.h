#pragma once

#include "storage/database/file_format.h"
#include "storage/database/table.h"

#include <span>

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

/// A table whose rows each belong to a row of another one.
struct Owned {
    const char *table, *owner, *owners; ///< the column that has the owner's id, and the owner's table
    const char* values;                 ///< the column that holds most of a row
};
/// What belongs to a run, by itself or through what does. What owns stands before what it owns.
std::span<const Owned> ownedRows();
std::span<const Owned> ownedByRuns();        ///< of these, what belongs to the run itself
std::span<const Owned> ownedByCheckpoints(); ///< and the others

} // namespace burdock::storage
