#include "storage/notebook/going_on.h"

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

} // namespace burdock::storage
