#include "storage/notebook/going_on.h"

#include "storage/notebook/process_identity.h"
#include "storage/notebook/run_check.h"
#include "storage/notebook/run_rows.h"
#include "storage/notebook/schema.h"

#include <QSqlQuery>
#include <QVariant>

#include <algorithm>

namespace burdock::storage {
namespace {

using Kind = StorageError::Kind;

QString placeOf(const RunSummary& run) {
    return QStringLiteral("run %1").arg(run.id.value);
}

tl::unexpected<StorageError> refuseDamaged(const RunSummary& run, const QString& what) {
    return refuse(Kind::Damaged, what, placeOf(run),
                  QStringLiteral("Restore the notebook from a backup, or train a new run from its weights."));
}

} // namespace

std::optional<Hindrance> hindranceOf(const RunSummary& run) {
    if (run.deleted) return Hindrance::Binned;
    if (run.state == RunState::Running) return Hindrance::Running;
    if (run.state != RunState::Stopped && run.state != RunState::Interrupted) return Hindrance::Over;
    if (run.missing) return Hindrance::Missing;
    if (run.changed) return Hindrance::Changed;
    return std::nullopt;
}

Outcome<void> mayGoOnWithout(const RunSummary& run, const MissingRows& missing) {
    if (!missing) return {};
    return refuseDamaged(
        run, QStringLiteral("The run cannot go on: some of it was damaged or deleted on the disk (%1).")
                 .arg(missing.text()));
}

Outcome<void> mayGoOn(const RunSummary& run) {
    const auto hindrance = hindranceOf(run);
    if (!hindrance) return {};
    const QString where = placeOf(run);
    switch (*hindrance) {
    case Hindrance::Binned:
        return refuse(Kind::NotFound, QStringLiteral("A run in the bin does not go on."), where,
                      QStringLiteral("Restore it from the bin first."));
    case Hindrance::Running:
        return refuse(Kind::Busy, QStringLiteral("The run is still going on."), where,
                      QStringLiteral("Wait until it has ended, or stop it."));
    case Hindrance::Over:
        return refuse(Kind::NotFound,
                      QStringLiteral("Only a stopped or interrupted run can go on, and this one has %1.")
                          .arg(runStateKey(run.state)),
                      where, QStringLiteral("Train a new run from its weights."));
    case Hindrance::Missing:
        return mayGoOnWithout(run, run.missing);
    case Hindrance::Changed:
        break;
    }
    return refuseDamaged(
        run, QStringLiteral("The run cannot go on: what the notebook holds of it was changed on the disk."));
}

Outcome<void> mayGoOnFrom(const Database& database, const RunSummary& run, qint64 epochs, qint64 steps) {
    if (auto may = mayGoOn(run); !may) return may;
    // A damaged row bears any number: what looks like a later epoch may be one of those that are to stay. And
    // older programs could be killed between weights and the steps that led to them.
    const auto lost = lostUpTo(database, run.id, epochs, std::min(steps, run.steps));
    if (!lost) return refuse(lost.error());
    return mayGoOnWithout(run, *lost);
}

namespace {

/// A program that was killed may have kept the weights of a later epoch, which replace those of the best one
/// before, and none of where it then stood. An epoch whose weights are gone is the best no more.
Outcome<void> forgetLostBest(Database& database, RunId run, qint64 steps) {
    const auto later = database.value(
        QStringLiteral(
            "SELECT EXISTS (SELECT 1 FROM run_checkpoint WHERE run = ? AND kind = ? AND step > ?)"),
        {run.value, checkpointKindKey(CheckpointKind::Best), steps});
    if (!later) return refuse(later.error());
    if (!later->toBool()) return {};
    QVector<qint64> keys;
    auto read = database.each(QStringLiteral("SELECT id FROM run_epoch WHERE run = ? AND best <> 0"),
                              {run.value}, [&](const QSqlQuery& row) { keys << row.value(0).toLongLong(); });
    if (!read) return read;
    for (const qint64 key : keys)
        if (auto done = updateRow(database, epochTable(), key, {{QStringLiteral("best"), 0}}); !done)
            return done;
    return {};
}

} // namespace

Outcome<void> reopenRun(Database& database, RunId run, qint64 epochs, qint64 steps) {
    auto runs = readRuns(database, true, run);
    if (!runs) return refuse(runs.error());
    if (runs->isEmpty())
        return refuse(StorageError::Kind::NotFound, QStringLiteral("There is no such run."),
                      QStringLiteral("run %1").arg(run.value),
                      QStringLiteral("Choose one of the runs that the notebook lists."));
    // Whoever asked before may have been overtaken by another program.
    if (auto may = mayGoOnFrom(database, runs->first(), epochs, steps); !may) return may;
    auto later = database.run(QStringLiteral("DELETE FROM run_epoch WHERE run = ? AND epoch > ?"),
                              {run.value, epochs});
    if (!later) return later;
    if (auto cleared = forgetLostBest(database, run, steps); !cleared) return cleared;
    if (auto summarised = summariseEpochs(database, run, TestResult::GoesWithItsEpoch); !summarised)
        return summarised;
    return updateRow(database, runTable(), run.value,
                     {{QStringLiteral("state"), runStateKey(RunState::Running)},
                      {QStringLiteral("heartbeat_at"), timeValue(QDateTime::currentDateTimeUtc())},
                      {QStringLiteral("owner"), processIdentity()},
                      {QStringLiteral("steps"), steps},
                      {QStringLiteral("problem"), textValue({})}});
}

} // namespace burdock::storage
