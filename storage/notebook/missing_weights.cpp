#include "storage/notebook/missing_weights.h"

#include <algorithm>
#include <array>

namespace burdock::storage {
namespace {

// Of these a run has one each.
constexpr std::array single{CheckpointKind::Best, CheckpointKind::Last};

} // namespace

QString keptKinds() {
    QStringList all;
    for (const CheckpointKind kind : single)
        all << QStringLiteral("IIF(EXISTS (SELECT 1 FROM run_checkpoint AS one WHERE one.run = run.id AND "
                              "one.kind = '%1'), '%1 ', '')")
                   .arg(checkpointKindKey(kind));
    return all.join(QStringLiteral(" || "));
}

bool areWeightsMissing(const RunSummary& run, const QString& kinds) {
    if (!run.bestEpoch || run.state == RunState::Running || run.state == RunState::Interrupted) return false;
    return std::any_of(single.begin(), single.end(), [&](CheckpointKind kind) {
        return !kinds.split(QLatin1Char(' ')).contains(checkpointKindKey(kind));
    });
}

} // namespace burdock::storage
