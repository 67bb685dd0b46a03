#pragma once

#include "storage/database/database.h"
#include "storage/notebook/records.h"

#include <optional>

namespace burdock::storage {

// Orphaned rows: another program has deleted a run or a checkpoint, and not all that belongs to it.

/// Tells of them. Looks at every entry of the indexes.
Outcome<std::optional<StorageError>> findOrphans(const Database& database);

/// Deletes them in slices, each in a transaction of its own, so that gigabytes of them keep nobody waiting
/// and need no room in the log.
class OrphanRemover {
  public:
    /// Deletes about so many bytes; true once nothing is left. Needs a transaction.
    Outcome<bool> removeSlice(Database& database, qint64 bytes);
    const RemovedOrphans& removed() const { return removed_; }

  private:
    struct Row {
        qint64 id = 0, bytes = 0;
    };
    Outcome<void> findNext(const Database& database);

    std::size_t table_ = 0; ///< the one whose rows are being deleted, in the order of deleting
    QVector<Row> found_;    ///< of that table
    bool begun_ = false;
    RemovedOrphans removed_;
};

} // namespace burdock::storage
