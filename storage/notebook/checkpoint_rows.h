#pragma once

#include "storage/database/table.h"
#include "storage/notebook/records.h"

namespace burdock::storage {

/// The values of a tensor stand in pieces of so many bytes, each with its own checksum: no value ever nears
/// SQLite's limit, and reading or writing takes no second copy of a large one.
constexpr qint64 tensorChunkBytes = qint64{1} << 20;

/// Writes one checkpoint in slices, each in a transaction of its own, so that a large one keeps nobody
/// waiting. Nobody sees it until it is whole and shown, and only then the one whose place it takes is
/// dropped. Use it from one thread; after a commit call keep(), after a rollback forget().
class CheckpointWriter {
  public:
    static constexpr qint64 sliceBytes = qint64{16} << 20;

    CheckpointWriter(RunId run, std::shared_ptr<const CheckpointData> data);
    /// Writes the next slice; true once all is there. Needs a transaction.
    Outcome<bool> writeSlice(Database& database);
    /// Once all is there: it takes its place. Needs a transaction, which may be the last slice's.
    Outcome<void> show(Database& database) const;
    /// It is never to be seen. Needs a transaction.
    Outcome<void> drop(Database& database) const;
    void keep() { kept_ = at_; }
    void forget() { at_ = kept_; }

    const CheckpointData& data() const { return *data_; }
    qint64 bytes() const { return bytes_; } ///< of all its values
    qint64 nextSliceBytes() const;
    bool begun() const { return kept_.key != 0; }
    CheckpointId id() const { return {kept_.key}; } ///< its row, once it is begun

  private:
    struct Place {
        qint64 key = 0;         ///< the checkpoint's row; zero: not begun
        qsizetype tensor = 0;   ///< the one being written
        qint64 tensorKey = 0;   ///< its row; zero: not begun
        qint64 offset = 0;      ///< within its values
        qint64 bytesBefore = 0; ///< in the tensors before it
    };
    Outcome<void> begin(Database& database);

    RunId run_;
    std::shared_ptr<const CheckpointData> data_;
    qint64 bytes_ = 0;
    Place at_, kept_;
};

/// Adds the row of a checkpoint, or of one of its tensors, under a key that nothing which is left of others
/// bears.
Outcome<qint64> addCheckpointRow(Database& database, const Fields& fields);
Outcome<qint64> addTensorRow(Database& database, const Fields& fields);

/// Whether a newer one takes the place of the run's one of that kind.
bool isSingle(CheckpointKind kind);
/// Drops what the run has of a kind. Needs a transaction.
Outcome<void> dropCheckpoint(Database& database, RunId run, CheckpointKind kind);
/// Drops all that a run has, which has ended. Needs a transaction.
Outcome<void> dropAllCheckpoints(Database& database, RunId run);
/// Drops what the run has kept after that step, from which it goes on anew. Needs a transaction.
Outcome<void> dropCheckpointsAfter(Database& database, RunId run, qint64 step);
/// Deletes about so many bytes of what is not wanted any more: checkpoints that were replaced or abandoned.
/// True if nothing is left of them. Needs a transaction.
Outcome<bool> dropUnwanted(Database& database, qint64 bytes);
/// Lets go of what ended runs have begun to write and not completed. Needs a transaction.
Outcome<void> abandonUnfinished(Database& database);

/// Best, last, then the others in the order of their steps, those among them that are damaged told so.
Outcome<QVector<CheckpointInfo>> readCheckpoints(const Database& database, RunId run);

} // namespace burdock::storage
