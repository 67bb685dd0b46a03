#include "session/damage.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace burdock {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(burdock::Damage)
};

} // namespace

bool areCurvesDamaged(const QVector<storage::EpochRow>& epochs, const storage::StepCurves& steps) {
    return steps.damagedChunks > 0 || std::ranges::any_of(epochs, &storage::EpochRow::damaged);
}

QString damageOf(const storage::RunSummary& run) {
    QStringList told;
    if (run.changed)
        told << Words::tr("What the notebook holds of this run was changed on the disk: names, settings and "
                          "results may be false.");
    if (run.missing)
        told << Words::tr("Parts of this run were damaged or deleted on the disk: %1.")
                    .arg(run.missing.text());
    return told.join(QLatin1Char(' '));
}

QString damageOf(storage::RunSummary run, const QVector<storage::EpochRow>& epochs,
                 const storage::StepCurves& steps, const QVector<storage::CheckpointInfo>& checkpoints) {
    run.missing = {.weights = run.missing.weights}; // they tell all else, and more
    QStringList told;
    if (const QString own = damageOf(run); !own.isEmpty()) told << own;
    const auto isDamaged = [](const auto& row) { return row.damaged; };
    const auto damaged = std::count_if(epochs.begin(), epochs.end(), isDamaged);
    if (damaged == 1)
        told << Words::tr("An epoch was changed or deleted on the disk and is left out.");
    else if (damaged > 1)
        told << Words::tr("%1 epochs were changed or deleted on the disk and are left out.").arg(damaged);
    if (steps.damagedChunks == 1)
        told << Words::tr("A part of the curves is damaged or missing.");
    else if (steps.damagedChunks > 1)
        told << Words::tr("%1 parts of the curves are damaged or missing.").arg(steps.damagedChunks);
    const auto unreadable = std::count_if(checkpoints.begin(), checkpoints.end(), isDamaged);
    if (unreadable == 1)
        told << Words::tr("A checkpoint was changed or deleted in part, and its weights cannot be read.");
    else if (unreadable > 1)
        told << Words::tr("%1 checkpoints were changed or deleted in part, and their weights cannot be read.")
                    .arg(unreadable);
    return told.join(QLatin1Char(' '));
}

QString damagedValue() {
    return Words::tr("damaged");
}

QString damageMend() {
    return Words::tr("Restore the notebook from a backup.");
}

} // namespace burdock
