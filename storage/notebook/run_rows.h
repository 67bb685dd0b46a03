#pragma once

#include "storage/database/database.h"
#include "storage/database/table.h"
#include "storage/notebook/records.h"

namespace burdock::storage {

// The rows of a run, all statements about them in one place. Functions that write need a transaction.

/// One more than any row names: those of a run that is gone, as a file may have them that others have
/// changed, would be taken for the new one's.
Outcome<qint64> freeRunNumber(const Database& database);
/// Under a number that is free, if none is given.
Outcome<RunId> addRun(Database& database, const RunStart& start, const QDateTime& startedAt,
                      RunId number = {});
/// What was measured of the best epoch's weights: whoever takes in a run that was tested elsewhere has it
/// told with its row; else another best epoch takes it away.
enum class TestResult { Stays, GoesWithItsEpoch };
/// Reckons anew what the run's row says of its epochs.
Outcome<void> summariseEpochs(Database& database, RunId run, TestResult tested);
/// One query; newest first. `only` restricts it to one run.
Outcome<QVector<RunSummary>> readRuns(const Database& database, bool withDeleted,
                                      std::optional<RunId> only = {});
/// In their order; a damaged one for each that is missing.
Outcome<QVector<EpochRow>> readEpochs(const Database& database, RunId run);

/// Adds the epoch, or replaces it if it is there, and brings the run's summary up to date.
Outcome<void> writeEpochs(Database& database, RunId run, const QVector<EpochRow>& rows);
/// Says that the run lives: its heartbeat, how long it has been running, how many steps are stored.
Outcome<void> writeProgress(Database& database, RunId run, double seconds, qint64 steps);

struct RunEnd {
    RunState state = RunState::Interrupted;
    double seconds = 0;
    NamedValues test; ///< empty: not measured
    QString problem;
    QByteArray testMetrics; ///< JSON; empty: not measured
};
Outcome<void> writeEnd(Database& database, RunId run, const RunEnd& end);
/// The run's best epoch; none yet, or no such run.
Outcome<std::optional<qint64>> bestEpochOf(const Database& database, RunId run);
/// Deletes the curves of a run that is in the bin and has ended. Its row stays, which nothing reads: by the
/// runs that it knows a notebook is told from another one that has come in its place.
/// In the column `deleted`, which is 1 in the bin: for good.
constexpr qint64 removedMark = 2;
Outcome<void> removeRun(Database& database, RunId run);
/// Running runs whose program is dead become Interrupted. Gives their number.
Outcome<int> markInterrupted(Database& database);

QVariant tagsValue(const QStringList& tags);
Fields testFields(const NamedValues& test, const QByteArray& testMetrics); ///< without what is empty

} // namespace burdock::storage
