#pragma once

#include "storage/database/database.h"
#include "storage/notebook/records.h"

#include <functional>
#include <limits>
#include <memory>

namespace burdock::storage {

/// One checkpoint as it stood when it was opened, also if it is replaced meanwhile; its tensors are read one
/// by one. It has a connection of its own and belongs to the thread that opened it. Let go of it soon: the
/// notebook's log cannot be emptied while it lives.
class CheckpointReader {
  public:
    static Outcome<std::unique_ptr<CheckpointReader>> open(Database database, CheckpointId id);
    /// The run's newest of that kind.
    static Outcome<std::unique_ptr<CheckpointReader>> open(Database database, RunId run, CheckpointKind kind);
    ~CheckpointReader();

    const CheckpointInfo& info() const { return info_; }
    RunId run() const { return run_; }
    const QByteArray& state() const { return state_; } ///< empty: weights alone
    const QVector<TensorInfo>& tensors() const { return tensors_; }
    /// The values of tensors()[index], to the `bytes` bytes at `target`. Refuses what was changed on the
    /// disk.
    Outcome<void> read(qsizetype index, char* target) const;
    /// Whether all values could be read so, tensor by tensor until so many bytes have been; no room is made
    /// for them.
    Outcome<void> check(qint64 mostBytes = std::numeric_limits<qint64>::max(),
                        const std::function<bool()>& stopped = {}) const;

    /// Whether it was written before tensors had rows of their own: then tensors() is empty, and all is in
    /// oldFile(), in the safetensors layout.
    bool isOneFile() const { return oneFile_; }
    Outcome<QByteArray> oldFile() const;

  private:
    explicit CheckpointReader(Database database);
    tl::unexpected<StorageError> damaged(const QString& why) const;
    Outcome<void> load(CheckpointId id);
    Outcome<void> readPieces(qsizetype index,
                             const std::function<void(qint64, const QByteArray&)>& take) const;
    Outcome<void> begin();

    Database database_;
    CheckpointInfo info_;
    RunId run_;
    QByteArray state_, sha256_;
    QVector<TensorInfo> tensors_;
    QVector<qint64> keys_; ///< the tensors' rows
    bool oneFile_ = false;
};

} // namespace burdock::storage
