#include "storage/notebook/records.h"

#include <array>
#include <cmath>

namespace burdock::storage {
namespace {

// In the order of RunState.
const std::array<QString, 5> keys{QStringLiteral("running"), QStringLiteral("finished"),
                                  QStringLiteral("stopped"), QStringLiteral("failed"),
                                  QStringLiteral("interrupted")};

const std::array<QString, 4> checkpointKeys{QStringLiteral("best"), QStringLiteral("last"),
                                            QStringLiteral("epoch"), QStringLiteral("manual")};
std::optional<double> told(double value) {
    return std::isnan(value) ? std::nullopt : std::optional(value);
}

} // namespace

QString runStateKey(RunState state) {
    return keys[static_cast<std::size_t>(state)];
}

std::optional<RunState> runStateFromKey(const QString& key) {
    for (std::size_t i = 0; i < keys.size(); ++i)
        if (keys[i] == key) return static_cast<RunState>(i);
    return std::nullopt;
}

QString checkpointKindKey(CheckpointKind kind) {
    return checkpointKeys[static_cast<std::size_t>(kind)];
}

std::optional<CheckpointKind> checkpointKindFromKey(const QString& key) {
    for (std::size_t i = 0; i < checkpointKeys.size(); ++i)
        if (checkpointKeys[i] == key) return static_cast<CheckpointKind>(i);
    return std::nullopt;
}

QString MissingRows::text() const {
    QStringList parts;
    if (epochs > 0) parts << QStringLiteral("%1 of %2 epochs").arg(epochs).arg(ofEpochs);
    if (curves) parts << QStringLiteral("parts of the curves");
    if (weights) parts << QStringLiteral("weights");
    return parts.join(QStringLiteral(", "));
}

const SeriesSummary* RunSummary::find(QStringView name) const {
    for (const SeriesSummary& one : series)
        if (one.name == name) return &one;
    return nullptr;
}

std::optional<double> RunSummary::last(QStringView name) const {
    const SeriesSummary* found = find(name);
    return found ? told(found->last) : std::nullopt;
}

std::optional<double> RunSummary::least(QStringView name) const {
    const SeriesSummary* found = find(name);
    return found ? told(found->least) : std::nullopt;
}

std::optional<double> RunSummary::greatest(QStringView name) const {
    const SeriesSummary* found = find(name);
    return found ? told(found->greatest) : std::nullopt;
}

std::optional<double> RunSummary::tested(QStringView name) const {
    return told(valueOf(test, name));
}

} // namespace burdock::storage
