#include "storage/notebook/run_check.h"

#include "storage/notebook/checkpoint_reader.h"
#include "storage/notebook/schema.h"

#include <QSet>
#include <QSqlQuery>
#include <QVariant>

#include <algorithm>

namespace burdock::storage {
namespace {

tl::unexpected<StorageError> damaged(const Database& database, const RunBacklog& run, const QString& what) {
    return refuse(StorageError::Kind::Damaged,
                  QStringLiteral("%1 of run %2 are damaged.").arg(what).arg(run.id.value), database.path());
}

/// How many rows there are that hold.
Outcome<qint64> soundRows(const Database& database, const Table& table, const char* column, qint64 key,
                          const std::function<void(const QSqlQuery&)>& take = {}) {
    qint64 sound = 0;
    auto read = database.each(QStringLiteral("SELECT %1 FROM %2 WHERE %3 = ?")
                                  .arg(table.selectList(), table.name, QLatin1String(column)),
                              {key}, [&](const QSqlQuery& row) {
                                  if (!sealHolds(row, table)) return;
                                  ++sound;
                                  if (take) take(row);
                              });
    if (!read) return refuse(read.error());
    return sound;
}

} // namespace

Outcome<MissingRows> lostUpTo(const Database& database, RunId run, qint64 epochs, qint64 steps) {
    MissingRows lost;
    QSet<qint64> there;
    const auto read = soundRows(database, epochTable(), "run", run.value, [&](const QSqlQuery& row) {
        const qint64 epoch = row.value(2).toLongLong();
        if (epoch > 0 && epoch <= epochs) there.insert(epoch);
    });
    if (!read) return refuse(read.error());
    lost.ofEpochs = epochs;
    lost.epochs = std::max<qint64>(0, epochs - there.size());
    if (steps <= 0) return lost;
    const auto whole = areWhole(database, run, 0, steps);
    if (!whole) return refuse(whole.error());
    lost.curves = !*whole;
    return lost;
}

Outcome<void> checkRows(const Database& database, const RunBacklog& run) {
    for (const auto& [table, column] : {std::pair(&runTable(), "id"), std::pair(&setupTable(), "run")}) {
        if (table == &setupTable() && run.stepsBefore > 0) continue;
        const auto found = soundRows(database, *table, column, run.id.value);
        if (!found) return refuse(found.error());
        if (*found == 0) return damaged(database, run, QStringLiteral("The settings"));
    }
    QSet<qint64> epochs;
    const auto read = soundRows(database, epochTable(), "run", run.id.value,
                                [&](const QSqlQuery& row) { epochs.insert(row.value(2).toLongLong()); });
    if (!read) return refuse(read.error());
    const QVector<EpochRow>& told = run.written.epochs;
    if (!std::all_of(told.begin(), told.end(),
                     [&](const EpochRow& row) { return epochs.contains(row.epoch); }))
        return damaged(database, run, QStringLiteral("Epochs"));
    const auto whole = areWhole(database, run.id, run.stepsBefore, run.committedSteps);
    if (!whole) return refuse(whole.error());
    QSet<QString> there;
    const auto named =
        database.each(QStringLiteral("SELECT DISTINCT series FROM run_chunk WHERE run = ?"), {run.id.value},
                      [&](const QSqlQuery& row) { there.insert(row.value(0).toString()); });
    if (!named) return named;
    const QList<StepSeries>& series = run.written.steps.series();
    if (!*whole || !std::all_of(series.begin(), series.end(),
                                [&](const StepSeries& one) { return there.contains(one.name); }))
        return damaged(database, run, QStringLiteral("Curves"));
    return {};
}

Outcome<void> checkWeights(const QString& notebook, const RunBacklog& run) {
    constexpr qint64 mostBytes = qint64{1} << 30; // others wait for the writer meanwhile
    QVector<RunBacklog::Weights> all(run.weightsWritten.rbegin(), run.weightsWritten.rend());
    std::stable_partition(all.begin(), all.end(), [](const auto& weights) { return isSingle(weights.kind); });
    qint64 bytes = 0;
    for (const RunBacklog::Weights& weights : all) {
        if (bytes >= mostBytes) break;
        auto database = Database::open(notebook, Database::Mode::Read);
        if (!database) return refuse(database.error());
        const auto reader = CheckpointReader::open(std::move(*database), weights.id);
        if (!reader) {
            StorageError error = reader.error(); // one that is not there any more is lost
            if (error.kind == StorageError::Kind::NotFound) error.kind = StorageError::Kind::Damaged;
            return refuse(std::move(error));
        }
        if (auto sound = (*reader)->check(mostBytes - bytes); !sound) return sound;
        bytes += (*reader)->info().bytes;
    }
    return {};
}

} // namespace burdock::storage
