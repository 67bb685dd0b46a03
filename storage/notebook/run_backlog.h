#pragma once

#include "storage/notebook/checkpoint_rows.h"
#include "storage/notebook/curve_rows.h"
#include "storage/notebook/run_rows.h"

#include <chrono>
#include <deque>

namespace burdock::storage {

/// What a live run has told and the writer has not committed yet. Guarded by the writer's mutex, but for the
/// members that say otherwise.
struct RunBacklog {
    using Clock = std::chrono::steady_clock;
    /// At 4 bytes a step and series: a quarter of a megabyte each.
    static constexpr qsizetype mostSteps = 65'536;
    static constexpr qsizetype mostEpochs = 1'024;

    RunBacklog(RunId run, RunStart known, QDateTime began)
        : id(run)
        , start(std::move(known))
        , startedAt(std::move(began))
        , curve(run) {}

    struct Pending {
        StepBlock steps;
        QVector<EpochRow> epochs;

        bool isEmpty() const { return steps.isEmpty() && epochs.isEmpty(); }
    };
    /// Weights are written after the rows, in transactions of their own: neither their size nor a full disk
    /// holds the curve back.
    struct Checkpoint {
        CheckpointWriter writer;
        qint64 told = 0; ///< the change that brought it
    };

    /// What a rest is made of, as it stood at one moment; the weights are shared.
    struct Known {
        RunId id;
        RunStart start;
        QDateTime startedAt;
        double seconds = 0;
        Pending written, waiting;
        qint64 stepsWritten = 0, firstStep = 0;
        std::deque<std::shared_ptr<Checkpoint>> checkpoints;
        RunEnd end;
    };

    const RunId id;
    const RunStart start;
    const QDateTime startedAt;
    const Clock::time_point goingSince = Clock::now();
    double secondsBefore = 0; ///< of a run that goes on
    Pending pending;
    Pending inHand; ///< being written
    /// What this program has told of it before: a notebook that is written over has it no more. Of a very
    /// long curve only the last part.
    Pending written;
    std::deque<std::shared_ptr<Checkpoint>> checkpoints;
    std::shared_ptr<Checkpoint> writing; ///< what it holds is the writer thread's
    /// Best weights that are whole in the file, and shown with the Last ones that follow.
    std::shared_ptr<Checkpoint> unseen;
    QVector<CheckpointInfo> skipped; ///< never to be written, and not told yet
    std::optional<RunEnd> end;       ///< written when everything else is
    qint64 endTold = 0, rowsCommitted = 0;
    qint64 nextStep = 0;                           ///< 0: any step may be the first
    qint64 firstStep = 0;                          ///< that this program has told; 0: none yet
    std::optional<Clock::time_point> waitingSince; ///< of the oldest pending thing
    std::optional<Clock::time_point> retryAt;      ///< after a failure
    Clock::time_point beatAt = Clock::now();       ///< the last heartbeat
    bool urgent = false;                           ///< somebody waits
    // Changes are counted: how many were told, committed, and part of the last attempt that failed.
    qint64 told = 0, committed = 0, failed = 0;
    std::optional<StorageError> error;  ///< of the last attempt; it is made again every second
    std::optional<StorageError> misuse; ///< kept for good

    struct Weights {
        CheckpointId id;
        CheckpointKind kind;
    };
    CurveAppender curve;                      ///< the writer thread's, as the next
    qint64 committedSteps = 0;                ///< with those before
    qint64 stepsBefore = 0;                   ///< of a run that goes on
    qint64 epochsBefore = 0, soundBefore = 0; ///< likewise; up to which step there was all of it then
    QVector<Weights> weightsWritten;          ///< those that no later ones have taken the place of

    /// Takes the place of one of its kind that still waits, as it would in the file; while nothing can be
    /// written, those of epochs and by hand do so too, for memory must not fill with them.
    void add(std::shared_ptr<const CheckpointData> checkpoint);
    /// Forgets what waits of a kind that a newer one is about to replace.
    void supersede(CheckpointKind kind);
    bool hasWeightsToWrite() const { return writing || !checkpoints.empty(); }
    bool holdsWeights() const { return hasWeightsToWrite() || unseen; }
    /// There are best weights in the file. Asked and known by the writer's thread.
    bool hasBest() const;
    /// Whether there are weights to write next to rows that are committed up to `rows`: those that came since
    /// wait for their own steps, for a run must never go on from weights that its curve has not reached.
    bool mayWriteWeights(qint64 rows) const {
        return writing || (!checkpoints.empty() && checkpoints.front()->told <= rows);
    }
    bool isWritten() const { return pending.isEmpty() && !holdsWeights() && !end; }
    /// The number up to which all changes are committed, if the rows are up to `rows`.
    qint64 committedUpTo(qint64 rows) const;
    bool isFull() const { return pending.steps.steps() >= mostSteps || pending.epochs.size() >= mostEpochs; }
    double seconds() const {
        return secondsBefore + std::chrono::duration<double>(Clock::now() - goingSince).count();
    }

    /// An attempt to write what was told up to `upTo` has failed; another is made after a moment.
    void fails(const StorageError& why, qint64 upTo);
    void fails(const StorageError& why) { fails(why, told); }
    /// What was being written has been.
    void keepInHand();
    void keepWeights(const CheckpointWriter& written);
    Known known() const;
    /// Puts what could not be written in front of what came since.
    void putBack();
};

/// Writes the rows; needs a transaction.
Outcome<void> writePending(Database& database, RunBacklog& run, const RunBacklog::Pending& pending,
                           double seconds);

} // namespace burdock::storage
