#include "storage/notebook/missing_rows.h"

#include "storage/database/table.h"
#include "storage/notebook/curve_rows.h"

#include <QSet>
#include <QSqlQuery>
#include <QVariant>

#include <algorithm>

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

} // namespace burdock::storage
