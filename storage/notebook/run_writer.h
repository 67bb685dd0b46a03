#pragma once

#include "storage/notebook/records.h"
#include "storage/storage_error.h"

#include <memory>

namespace burdock::storage {

class Notebook;

/// Writes one run from the trainer's thread. Calls return at once: the notebook's writer thread commits them,
/// steps at least twice a second. When it falls far behind, calls block until it has caught up: nothing is
/// dropped. While the database fails (disk full, held by another program) error() tells why, everything waits
/// in memory and is tried again every second; training may go on. After finish() nothing more is taken.
class RunWriter {
  public:
    /// A run of which finish() was never called becomes Interrupted; one whose finish() failed is tried
    /// again, and kept as a rest if it fails once more.
    ~RunWriter();

    RunId id() const;
    /// A value for each of the named series. Steps must be consecutive, from 1 on; those that are left out
    /// become NaN, repeated ones are an error().
    void step(qint64 step, const QStringList& names, std::span<const float> values);
    void epoch(const EpochRow& row);
    /// Written in slices after the rows, then seen at once; a Best or Last one replaces the run's. The values
    /// are held until then: see awaitCheckpoints().
    void checkpoint(std::shared_ptr<const CheckpointData> data);
    /// Blocks until no weights are held in memory any more. False where the notebook cannot be written, and
    /// some still are.
    bool awaitCheckpoints();
    /// Forgets those that wait of a kind of which a newer one is about to come. Whether no others are held.
    bool supersede(CheckpointKind kind);
    bool holdsCheckpoints() const;
    /// Checkpoints of epochs and by hand that a later one has taken the place of, as the disk took nothing;
    /// each is given once.
    QVector<CheckpointInfo> takeSkipped();
    /// The last call; waits until everything is committed. If it fails, it may be called again.
    /// `test`: one number a metric; `testMetrics`: JSON with all there is. What is empty leaves what is
    /// there.
    Outcome<void> finish(RunState state, double seconds, const NamedValues& test = {},
                         const QString& problem = {}, const QByteArray& testMetrics = {});
    /// Whether what the run had when it was taken up again is as it was then; Damaged if not. This program
    /// does not know it, so that no rest can bring it back.
    Outcome<void> checkBefore();
    /// Where finish() fails and the program must end: keeps what could not be written in a file of its own,
    /// and gives its name. The notebook takes it in when it is opened next.
    Outcome<QString> keepRest();
    std::optional<StorageError> error() const;
    /// What was found amiss with the notebook and has been seen to; each is given once.
    QVector<StorageError> takeNotices();

  private:
    friend class Notebook;
    struct Impl;
    explicit RunWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock::storage
