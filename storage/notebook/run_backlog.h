#pragma once

#include "storage/notebook/checkpoint_rows.h"
#include "storage/notebook/curve_rows.h"
#include "storage/notebook/run_rows.h"

#include <array>
#include <chrono>

namespace burdock::storage {

/// What a live run has told and the writer has not committed yet. Guarded by the writer's mutex, but for the
/// members that say otherwise.
struct RunBacklog {
    using Clock = std::chrono::steady_clock;
    /// At 8 bytes a step: half a megabyte.
    static constexpr qsizetype mostSteps = 65'536;
    static constexpr qsizetype mostEpochs = 1'024;

    explicit RunBacklog(RunId run)
        : id(run)
        , curve(run) {}

    struct Pending {
        StepSeries steps;
        QVector<EpochRow> epochs;
        /// By kind. A newer one takes the place of one that still waits, as it would in the file.
        std::array<std::optional<CheckpointBlob>, 2> checkpoints;
        std::optional<RunEnd> end;

        bool isEmpty() const {
            return steps.loss.isEmpty() && epochs.isEmpty() && !checkpoints[0] && !checkpoints[1] && !end;
        }
    };

    const RunId id;
    const Clock::time_point startedAt = Clock::now();
    double secondsBefore = 0; ///< of a run that goes on
    Pending pending;
    qint64 nextStep = 0;                           ///< 0: any step may be the first
    std::optional<Clock::time_point> waitingSince; ///< of the oldest pending thing
    std::optional<Clock::time_point> retryAt;      ///< after a failure
    Clock::time_point beatAt = Clock::now();       ///< the last heartbeat
    bool urgent = false;                           ///< somebody waits
    // Changes are counted: how many were told, committed, and part of the last attempt that failed.
    quint64 told = 0, committed = 0, failed = 0;
    std::optional<StorageError> error;  ///< of the last attempt; it is made again every second
    std::optional<StorageError> misuse; ///< kept for good

    CurveAppender curve;       ///< the writer thread's
    qint64 committedSteps = 0; ///< the writer thread's

    bool isFull() const {
        return pending.steps.loss.size() >= mostSteps || pending.epochs.size() >= mostEpochs;
    }
    double seconds() const {
        return secondsBefore + std::chrono::duration<double>(Clock::now() - startedAt).count();
    }

    /// Adds what could not be written in front of what came since.
    void putBack(Pending failed);
};

/// Writes it all; needs a transaction.
Outcome<void> writePending(Database& database, RunBacklog& run, const RunBacklog::Pending& pending,
                           double seconds);

} // namespace burdock::storage
