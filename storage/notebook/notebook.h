#pragma once

#include "storage/database/access.h"
#include "storage/notebook/records.h"
#include "storage/storage_error.h"

#include <memory>

namespace burdock::storage {

class CheckpointReader;
class RunWriter;

/// One `.burdock` file: an SQLite database with models, runs, curves and weights. Every write goes through
/// one connection on one thread of its own; reads use a connection of the calling thread. Functions are
/// thread-safe; those that write return once the change is committed unless they say otherwise.
class Notebook {
  public:
    /// Opens, or makes if `path` does not exist (ReadOnly makes nothing). Migrates an older file after
    /// keeping a backup beside it. Refuses a newer, foreign or damaged file and leaves it as it is. Runs that
    /// no live program is writing any more become Interrupted. Several programs may have the same notebook
    /// open, and within one program all objects of the same file share one writer.
    static Outcome<std::shared_ptr<Notebook>> open(const QString& path, Access access = Access::ReadWrite);
    ~Notebook();
    /// Whether there is one of that name, or a run that it will take in once it is made again.
    static bool isThere(const QString& path);

    QString path() const;
    /// The runs whose rests were taken in when the notebook was opened, and what could not be taken in.
    QStringList takenIn() const;
    QStringList notTakenIn() const;
    /// What was found amiss since it was opened, and has been seen to; each is given once, here or to a run.
    QVector<StorageError> takeNotices();
    /// Asked for, or because the file or its folder cannot be written to, or because of damage().
    bool isReadOnly() const;
    /// Damage outside the tables that everything hangs on: what is intact can be read, nothing is written. Or
    /// orphaned rows, those of runs and weights whose own rows another program has deleted: they are looked
    /// for when it is first asked, in a notebook of 100,000 runs for half a second.
    std::optional<StorageError> damage() const;
    /// The same, with orphaned rows looked for anew: other programs leave them behind, and delete them.
    Outcome<std::optional<StorageError>> damageNow() const;
    /// Deletes orphaned rows; others may write meanwhile.
    Outcome<RemovedOrphans> removeOrphans();
    /// Why nothing could be written when it was opened, such as a full disk: it can be read all the same.
    std::optional<StorageError> unwritable() const;

    // Runs. --------------------------------------------------------------------------------------------
    /// Adds the run's row and returns the only object that may write to it.
    Outcome<std::unique_ptr<RunWriter>> startRun(const RunStart& start);
    /// Refuses what continueRun() refuses; nothing is changed.
    Outcome<void> mayContinue(RunId id, qint64 epochs, qint64 steps) const;
    /// Makes an ended run Running again, to go on after `steps` steps and `epochs` complete epochs; what it
    /// has of later ones is taken away. Refuses a run that is still going on, and one of which something up
    /// to there was deleted or changed by another program.
    Outcome<std::unique_ptr<RunWriter>> continueRun(RunId id, qint64 epochs, qint64 steps);
    /// Newest first. Reads no curves and no weights: fast for thousands of runs.
    Outcome<QVector<RunSummary>> runs(bool withDeleted = false) const;
    Outcome<RunSummary> run(RunId id) const;
    /// A damaged one for each that the run counts and that is not there.
    Outcome<QVector<EpochRow>> epochs(RunId id) const;
    /// All series over a run's steps, from the chunks whose checksum is good.
    Outcome<StepCurves> steps(RunId id) const;
    /// Best, last, then the others in the order of their steps: the damaged ones too, whose values are not
    /// all there, but none of their values is read.
    Outcome<QVector<CheckpointInfo>> checkpoints(RunId id) const;
    Outcome<std::unique_ptr<CheckpointReader>> openCheckpoint(CheckpointId id) const;
    /// The newest of that kind.
    Outcome<std::unique_ptr<CheckpointReader>> openCheckpoint(RunId id, CheckpointKind kind) const;

    /// As open() does it, for a notebook that stays open: runs whose program is gone become Interrupted.
    /// Gives their number; nothing happens to a read-only notebook.
    Outcome<int> markInterruptedRuns();
    Outcome<void> renameRun(RunId id, const QString& name);
    Outcome<void> setNotes(RunId id, const QString& notes);
    Outcome<void> setTags(RunId id, const QStringList& tags);
    Outcome<void> setDeleted(RunId id, bool deleted); ///< to the bin and back; nothing is lost
    /// Lets go for good of runs that are in the bin, and whose programs have ended: their curves and weights
    /// are deleted, and nothing finds them any more. Their numbers are not given again. Refuses all if one is
    /// not so.
    Outcome<void> removeRuns(const QVector<RunId>& runs);
    /// Of the run's best weights; those of `epoch`, where it is given: Busy if another one is the best now. A
    /// later best epoch takes the result away.
    Outcome<void> setTestResult(RunId id, const NamedValues& test, const QByteArray& metrics = {},
                                std::optional<qint64> epoch = {});

    // Models: the canvas saves itself here with every edit. --------------------------------------------
    /// Updates the row of `model.id`, or adds one if that is zero. `model.changedAt` tells how the caller has
    /// last seen the row: where another program has changed it since, or deleted it, a row is added, and
    /// nothing of either is lost. Invalid: whatever is there is replaced.
    Outcome<SavedModel> saveModel(const ModelRow& model);
    Outcome<QVector<ModelRow>> models() const; ///< last changed first
    Outcome<void> removeModel(ModelId id);

    // Small settings that belong to the notebook (open model, chosen data set). -------------------------
    Outcome<void> setSetting(const QString& key, const QString& value);
    QString setting(const QString& key, const QString& fallback = {}) const;
    /// Writes a setting only if it is still as it was seen (empty: not there), in one transaction: of several
    /// programs that have seen the same, one is told true.
    Outcome<bool> replaceSetting(const QString& key, const QString& seen, const QString& value);

    /// Waits until all that was given before is committed; tells what failed.
    Outcome<void> flush();

  private:
    friend class RunWriter;
    struct Impl;
    explicit Notebook(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock::storage
