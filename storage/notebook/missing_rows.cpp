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
    // A line for each series; it begins with 1 if some of it is missing. What was set aside as damaged stands
    // for the steps that cutSteps() has found missing then, but for none that are there.
    const QString lines = QStringLiteral(
        "(SELECT GROUP_CONCAT((there < run.steps - first + 1) || series, char(10)) FROM "
        "(SELECT series, MIN(CASE WHEN first_step > 0 THEN %1 ELSE begins END) AS first, "
        "TOTAL(CASE WHEN first_step > 0 THEN %2 WHEN EXISTS (SELECT 1 FROM run_chunk AS same WHERE "
        "same.run = one.run AND same.series = one.series AND same.first_step BETWEEN 1 AND one.begins AND "
        "same.first_step + same.steps > one.begins) THEN 0 ELSE steps END) AS there "
        "FROM run_chunk AS one WHERE run = run.id GROUP BY series))");
    const QStringList columns{
        QStringLiteral("(SELECT COUNT(*) FROM run_epoch AS one WHERE one.run = run.id)"),
        fromIndexAlone
            ? lines.arg(QStringLiteral("first_step"), QString::number(CurveAppender::stepsPerChunk))
            : lines.arg(QStringLiteral("begins"), QStringLiteral("steps"))};
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
