#pragma once

#include "storage/database/database.h"
#include "storage/notebook/records.h"

namespace burdock::storage {

// Rows that other programs have deleted. A seal says of a row that it is as it was written, but not that it
// is there: what a run's own row counts is compared with what there is. Both are written in one transaction,
// so that a run that is going on misses nothing; ask in one transaction, too.

/// What a query over `run` selects so that missingOf() can tell. One asks for the runs of a whole notebook
/// without reading the curves: by the index alone, where a chunk that is not full counts as if it were.
QString countColumns(bool fromIndexAlone);
/// Of the row of a run; the counts begin at column `offset`.
MissingRows missingOf(const RunSummary& run, const QSqlQuery& row, int offset);

/// How many of a run's series have no step at all.
int absentSeries(const QVector<SeriesSummary>& told, const QStringList& there);

/// The numbers of a run's epochs that are not there, as many as it counts more than it has; at most ten
/// thousand.
QVector<qint64> missingEpochs(qint64 counted, const QVector<EpochRow>& there);

} // namespace burdock::storage
