#include "storage/notebook/missing_rows.h"

#include "storage/database/table.h"
#include "storage/notebook/curve_rows.h"

#include <QSet>
#include <QSqlQuery>
#include <QVariant>

#include <algorithm>
#include <array>
#include <span>

namespace burdock::storage {
namespace {

/// What an epoch tells of training is a mean over its steps, so that the series has steps as well. Others,
/// such as those of validation, are only measured now and then.
bool hasSteps(const QString& series) {
    return series.startsWith(QLatin1String("train."));
}

} // namespace

QString countColumns(bool fromIndexAlone) {
    // A line for each series; it begins with 1 if some of it is missing. Chunks that were set aside as
    // damaged (first_step < 0) begin nowhere, and are not missing.
    const QString lines = QStringLiteral(
        "(SELECT GROUP_CONCAT((there < run.steps - first + 1) || series, char(10)) FROM "
        "(SELECT series, IFNULL(MIN(%1) FILTER (WHERE first_step > 0), 1) AS first, %2 AS there "
        "FROM run_chunk WHERE run = run.id GROUP BY series))");
    const QStringList columns{
        QStringLiteral("(SELECT COUNT(*) FROM run_epoch AS one WHERE one.run = run.id)"),
        fromIndexAlone ? lines.arg(QStringLiteral("first_step"),
                                   QStringLiteral("COUNT(*) * %1").arg(CurveAppender::stepsPerChunk))
                       : lines.arg(QStringLiteral("begins"), QStringLiteral("TOTAL(steps)"))};
    // One that is going on is asked for at each of its epochs.
    const QString each =
        QStringLiteral("CASE WHEN run.state = '%1' THEN NULL ELSE ").arg(runStateKey(RunState::Running));
    return each + columns.join(QStringLiteral(" END, ") + each) + QStringLiteral(" END");
}

MissingRows missingOf(const RunSummary& run, const QSqlQuery& row, int offset) {
    MissingRows missing;
    if (run.state == RunState::Running) return missing;
    missing.epochs = std::max<qint64>(0, run.epochs - row.value(offset).toLongLong());
    missing.ofEpochs = run.epochs;
    QStringList there = row.value(offset + 1).toString().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    for (QString& series : there) {
        missing.curves = missing.curves || series.startsWith(QLatin1Char('1'));
        series.remove(0, 1);
    }
    missing.curves = run.steps > 0 && (missing.curves || absentSeries(run.series, there) > 0);
    return missing;
}

int absentSeries(const QVector<SeriesSummary>& told, const QStringList& there) {
    const auto absent = std::count_if(told.begin(), told.end(), [&](const SeriesSummary& series) {
        return hasSteps(series.name) && !there.contains(series.name);
    });
    return std::max(static_cast<int>(absent), there.isEmpty() ? 1 : 0);
}

QVector<qint64> missingEpochs(qint64 counted, const QVector<EpochRow>& there) {
    if (!isCount(counted)) return {};
    constexpr qint64 most = 10'000; // what a file claims must not make the memory of a reader
    const qint64 count = std::min(counted - there.size(), most);
    QSet<qint64> known;
    for (const EpochRow& epoch : there)
        known.insert(epoch.epoch);
    QVector<qint64> missing;
    for (qint64 number = 1; missing.size() < count; ++number)
        if (!known.contains(number)) missing << number;
    return missing;
}

namespace {

struct Owned {
    const char *table, *owner, *owners;
};
// By their indexes, where they have any. What owns stands before what it owns.
constexpr std::array ofRuns{Owned{"run_setup", "run", "run"}, Owned{"run_epoch", "run", "run"},
                            Owned{"run_chunk", "run", "run"}, Owned{"run_checkpoint", "run", "run"}};
constexpr std::array ofWeights{Owned{"tensor", "checkpoint", "run_checkpoint"},
                               Owned{"weights", "checkpoint", "run_checkpoint"},
                               Owned{"tensor_chunk", "tensor", "tensor"}};

/// The condition on a row that its owner is gone.
QString ownerIsGone(const Owned& one) {
    return QStringLiteral("%1 NOT IN (SELECT id FROM %2)")
        .arg(QLatin1String(one.owner), QLatin1String(one.owners));
}

QString orphans(std::span<const Owned> all) {
    QStringList parts;
    for (const Owned& one : all)
        parts << QStringLiteral("SELECT %1 AS owner FROM %2 WHERE %3")
                     .arg(QLatin1String(one.owner), QLatin1String(one.table), ownerIsGone(one));
    return parts.join(QStringLiteral(" UNION "));
}

} // namespace

Outcome<std::optional<StorageError>> findOrphans(const Database& database) {
    QStringList runs, told;
    auto read = database.each(orphans(ofRuns) + QStringLiteral(" ORDER BY owner"), {},
                              [&](const QSqlQuery& row) { runs << row.value(0).toString(); });
    if (!read) return refuse(read.error());
    const auto weights = database.value(QStringLiteral("SELECT COUNT(*) FROM (%1)").arg(orphans(ofWeights)));
    if (!weights) return refuse(weights.error());
    constexpr qsizetype mostNamed = 10;
    if (!runs.isEmpty()) {
        QString names = runs.first(std::min(runs.size(), mostNamed)).join(QStringLiteral(", "));
        if (runs.size() > mostNamed) names += QStringLiteral(", …");
        told << (runs.size() == 1
                     ? QStringLiteral("Another program has deleted run %1, but not all of it.")
                     : QStringLiteral("Another program has deleted runs %1, but not all of them."))
                    .arg(names);
    }
    if (weights->toLongLong() > 0)
        told << QStringLiteral("Another program has deleted weights, but not all of them.");
    if (told.isEmpty()) return std::optional<StorageError>();
    return std::optional(
        StorageError{StorageError::Kind::Damaged, told.join(QLatin1Char(' ')), database.path(),
                     QStringLiteral("Restore the notebook from a backup, or delete the orphaned rows by "
                                    "`burdock-cli runs --delete-orphans`.")});
}

Outcome<void> removeOrphans(Database& database) {
    // What has lost its owner loses what it owns only thereafter.
    if (auto later = database.run(QStringLiteral("PRAGMA defer_foreign_keys = ON")); !later) return later;
    for (const auto& all : {std::span<const Owned>(ofRuns), std::span<const Owned>(ofWeights)})
        for (const Owned& one : all) {
            auto gone = database.run(
                QStringLiteral("DELETE FROM %1 WHERE %2").arg(QLatin1String(one.table), ownerIsGone(one)));
            if (!gone) return gone;
        }
    return {};
}

} // namespace burdock::storage
