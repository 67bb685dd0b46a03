#include "storage/notebook/run_rows.h"

#include "storage/notebook/missing_rows.h"
#include "storage/notebook/missing_weights.h"
#include "storage/notebook/process_identity.h"
#include "storage/notebook/schema.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSqlQuery>
#include <QVariant>

#include <algorithm>
#include <cmath>
#include <limits>

namespace burdock::storage {
namespace {

QStringList tagsOf(const QString& text) {
    QStringList tags;
    for (const QJsonValue& tag : QJsonDocument::fromJson(text.toUtf8()).array())
        tags << tag.toString();
    return tags;
}

/// A seal says that a row is as it was written, not that Burdock wrote it: what no run can have counted
/// becomes zero, so that nobody reckons with it. Says whether there was nothing such.
bool keepPossible(RunSummary& run) {
    bool possible = run.startedAt.isValid();
    RunStart& start = run.start;
    for (qint64* count :
         {&run.epochs, &run.steps, &start.parameters, &start.stepsPerEpoch, &start.epochsPlanned})
        if (!isCount(*count)) {
            *count = 0;
            possible = false;
        }
    if (run.bestEpoch && !isCount(*run.bestEpoch)) {
        run.bestEpoch.reset();
        possible = false;
    }
    if (!std::isfinite(run.seconds) || run.seconds < 0) {
        run.seconds = 0;
        possible = false;
    }
    return possible;
}

/// One of which nothing can be told.
EpochRow lostEpoch(qint64 number, qint64 step = 0) {
    EpochRow epoch;
    epoch.epoch = isCount(number) ? number : 0;
    epoch.step = isCount(step) ? step : 0;
    epoch.seconds = epoch.samplesPerSecond = std::numeric_limits<double>::quiet_NaN();
    epoch.damaged = true;
    return epoch;
}

/// The row that begins at column `offset`.
EpochRow epochOf(const QSqlQuery& row, int offset = 0) {
    const auto at = [&](int column) { return row.value(offset + column); };
    EpochRow epoch;
    epoch.epoch = at(2).toLongLong();
    epoch.step = at(3).toLongLong();
    const auto values = valuesFromJson(at(7).toString().toUtf8());
    if (!values || !isCount(epoch.epoch) || !isCount(epoch.step) || !sealHolds(row, epochTable(), offset))
        return lostEpoch(epoch.epoch, epoch.step);
    epoch.seconds = realOrNan(at(4));
    epoch.samplesPerSecond = realOrNan(at(5));
    epoch.best = at(6).toLongLong() != 0;
    epoch.values = *values;
    return epoch;
}

RunSummary summaryOf(const QSqlQuery& row) {
    int column = 0;
    const auto next = [&] { return row.value(column++); };
    RunSummary run;
    run.id = {next().toLongLong()};
    run.start.name = next().toString();
    const auto state = runStateFromKey(next().toString());
    run.startedAt = timeOf(next());
    column += 2; // heartbeat, owner
    run.seconds = next().toDouble();
    run.epochs = next().toLongLong();
    run.steps = next().toLongLong();
    run.samplesPerSecond = realOrNone(next());
    run.problem = next().toString();
    run.notes = next().toString();
    run.tags = tagsOf(next().toString());
    run.deleted = next().toLongLong() != 0;
    run.testMetrics = next().toString().toUtf8();
    if (const QVariant best = next(); !best.isNull()) run.bestEpoch = best.toLongLong();
    const auto series = seriesFromJson(next().toString().toUtf8());
    run.series = series.value_or(QVector<SeriesSummary>());
    const auto test = valuesFromJson(next().toString().toUtf8());
    run.test = test.value_or(NamedValues());
    column += 2; // seal, and the key of the setup
    RunStart& start = run.start;
    start.modelName = next().toString();
    for (auto* bytes : {&start.graphJson, &start.configJson})
        *bytes = next().toByteArray();
    for (auto* text : {&start.datasetId, &start.datasetTitle, &start.datasetSha256})
        *text = next().toString();
    for (auto* number : {&start.seed, &start.parameters, &start.stepsPerEpoch, &start.epochsPlanned})
        *number = next().toLongLong();
    for (auto* text : {&start.programVersion, &start.machine})
        *text = next().toString();
    if (const QVariant parent = next(); !parent.isNull()) start.parent = RunId{parent.toLongLong()};
    bool bestChanged = false;
    if (const int best = runTable().width() + setupTable().width(); !row.isNull(best)) {
        const EpochRow epoch = epochOf(row, best);
        run.atBest = epoch.values;
        bestChanged = epoch.damaged;
    }
    run.state = state.value_or(RunState::Interrupted);
    // JSON that was never ours tells nothing, and must not be taken for "not measured".
    const bool readable = run.testMetrics.isEmpty() || QJsonDocument::fromJson(run.testMetrics).isObject();
    const bool possible = keepPossible(run);
    run.changed = !state || !series || !test || !readable || !possible || bestChanged ||
                  !sealHolds(row, runTable()) || !sealHolds(row, setupTable(), runTable().width());
    const int counts = runTable().width() + setupTable().width() + epochTable().width();
    run.missing = missingOf(run, row, counts + 1);
    run.missing.weights = areWeightsMissing(run, row.value(counts).toString());
    run.damaged = run.changed || run.missing;
    return run;
}

} // namespace

Outcome<qint64> freeRunNumber(const Database& database) {
    std::vector<std::pair<const char*, const char*>> named{{"run", "id"}};
    for (const Owned& one : ownedByRuns())
        named.emplace_back(one.table, one.owner);
    return freeKey(database, named);
}

QVariant tagsValue(const QStringList& tags) {
    return QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(tags)).toJson(QJsonDocument::Compact));
}

Outcome<RunId> addRun(Database& database, const RunStart& start, const QDateTime& startedAt, RunId number) {
    Fields fields{{QStringLiteral("name"), textValue(start.name)},
                  {QStringLiteral("state"), runStateKey(RunState::Running)},
                  {QStringLiteral("started_at"), timeValue(startedAt)},
                  {QStringLiteral("heartbeat_at"), timeValue(startedAt)},
                  {QStringLiteral("owner"), processIdentity()},
                  {QStringLiteral("seconds"), 0.0},
                  {QStringLiteral("epochs"), 0},
                  {QStringLiteral("steps"), 0},
                  {QStringLiteral("problem"), textValue({})},
                  {QStringLiteral("notes"), textValue({})},
                  {QStringLiteral("tags"), tagsValue({})},
                  {QStringLiteral("deleted"), 0}};
    const auto id = number ? Outcome<qint64>(number.value) : freeRunNumber(database);
    if (!id) return refuse(id.error());
    fields << qMakePair(QStringLiteral("id"), QVariant(*id));
    auto key = insertRow(database, runTable(), fields);
    if (!key) return refuse(key.error());
    auto setup =
        insertRow(database, setupTable(),
                  {{QStringLiteral("run"), *key},
                   {QStringLiteral("model_name"), textValue(start.modelName)},
                   {QStringLiteral("graph_json"), blobValue(start.graphJson)},
                   {QStringLiteral("config_json"), blobValue(start.configJson)},
                   {QStringLiteral("dataset_id"), textValue(start.datasetId)},
                   {QStringLiteral("dataset_title"), textValue(start.datasetTitle)},
                   {QStringLiteral("dataset_sha256"), textValue(start.datasetSha256)},
                   {QStringLiteral("seed"), start.seed},
                   {QStringLiteral("parameters"), start.parameters},
                   {QStringLiteral("steps_per_epoch"), start.stepsPerEpoch},
                   {QStringLiteral("epochs_planned"), start.epochsPlanned},
                   {QStringLiteral("program_version"), textValue(start.programVersion)},
                   {QStringLiteral("machine"), textValue(start.machine)},
                   {QStringLiteral("parent"), start.parent ? QVariant(start.parent->value)
                                                           : QVariant(QMetaType(QMetaType::LongLong))}});
    if (!setup) return refuse(setup.error());
    return RunId{*key};
}

Outcome<QVector<RunSummary>> readRuns(const Database& database, bool withDeleted, std::optional<RunId> only) {
    // Left joins: a run whose setup is lost is still shown, as damaged, and one may have no best epoch.
    QString sql =
        QStringLiteral("SELECT %1, %2, %3, %4, %5 FROM run LEFT JOIN run_setup ON run_setup.run = run.id "
                       "LEFT JOIN run_epoch ON run_epoch.run = run.id "
                       "AND run_epoch.epoch = run.best_epoch")
            .arg(runTable().selectList(), setupTable().selectList(), epochTable().selectList(), keptKinds(),
                 countColumns(!only));
    QVariantList values{removedMark};
    sql += QStringLiteral(" WHERE run.deleted <> ?");
    if (only) {
        sql += QStringLiteral(" AND run.id = ?");
        values << only->value;
    } else if (!withDeleted) {
        sql += QStringLiteral(" AND run.deleted = 0");
    }
    sql += QStringLiteral(" ORDER BY run.started_at DESC, run.id DESC");
    QVector<RunSummary> runs;
    auto read = database.each(sql, values, [&](const QSqlQuery& row) { runs << summaryOf(row); });
    if (!read) return refuse(read.error());
    return runs;
}

namespace {

Outcome<bool> writeEpoch(Database& database, RunId run, const EpochRow& row) {
    qint64 replaced = 0;
    auto gone = database.run(QStringLiteral("DELETE FROM run_epoch WHERE run = ? AND epoch = ?"),
                             {run.value, row.epoch}, &replaced);
    if (!gone) return refuse(gone.error());
    auto added = insertRow(database, epochTable(),
                           {{QStringLiteral("run"), run.value},
                            {QStringLiteral("epoch"), row.epoch},
                            {QStringLiteral("step"), row.step},
                            {QStringLiteral("seconds"), realValue(row.seconds)},
                            {QStringLiteral("samples_per_second"), realValue(row.samplesPerSecond)},
                            {QStringLiteral("best"), qint64(row.best)},
                            {QStringLiteral("metrics"), QString::fromUtf8(toJson(row.values))}});
    if (!added) return refuse(added.error());
    return replaced > 0;
}

/// What the run's row says of its epochs.
struct EpochSummary {
    qint64 epochs = 0, greatest = 0; ///< how many, and the greatest number of one that is sound
    QVector<SeriesSummary> series;
    std::optional<qint64> best;
    std::optional<double> samplesPerSecond;

    void add(const EpochRow& row) {
        ++epochs;
        if (row.damaged) return;
        greatest = std::max(greatest, row.epoch);
        addEpoch(series, row.values);
        if (row.best) best = row.epoch;
        samplesPerSecond = row.samplesPerSecond;
    }
    /// The test of another epoch's weights is none of what is the best now. `before`: which was.
    Fields fields(std::optional<qint64> before) const {
        Fields fields{
            {QStringLiteral("epochs"), epochs},
            {QStringLiteral("series"), QString::fromUtf8(toJson(series))},
            {QStringLiteral("best_epoch"), best ? QVariant(*best) : QVariant(QMetaType(QMetaType::LongLong))},
            {QStringLiteral("samples_per_second"), realValue(samplesPerSecond)}};
        if (best != before)
            for (const QString& tested : {QStringLiteral("test"), QStringLiteral("test_metrics")})
                fields << qMakePair(tested, QVariant(QMetaType(QMetaType::QString)));
        return fields;
    }
};

/// Those that are there.
Outcome<QVector<EpochRow>> storedEpochs(const Database& database, RunId run) {
    QVector<EpochRow> epochs;
    auto read = database.each(QStringLiteral("SELECT %1 FROM run_epoch WHERE run = ? ORDER BY epoch")
                                  .arg(epochTable().selectList()),
                              {run.value}, [&](const QSqlQuery& row) { epochs << epochOf(row); });
    if (!read) return refuse(read.error());
    return epochs;
}

/// They are numbered from 1: one that is not there between others is missing, and is counted.
Outcome<EpochSummary> summariseAnew(const Database& database, RunId run) {
    auto rows = storedEpochs(database, run);
    if (!rows) return refuse(rows.error());
    EpochSummary summary;
    for (const EpochRow& row : *rows)
        summary.add(row);
    summary.epochs = std::max(summary.epochs, summary.greatest);
    return summary;
}

} // namespace

Outcome<QVector<EpochRow>> readEpochs(const Database& database, RunId run) {
    auto epochs = storedEpochs(database, run);
    if (!epochs) return epochs;
    const auto counted = database.value(
        QStringLiteral("SELECT epochs FROM run WHERE id = ? AND deleted <> ?"), {run.value, removedMark});
    if (!counted) return refuse(counted.error());
    for (const qint64 epoch : missingEpochs(counted->toLongLong(), *epochs))
        *epochs << lostEpoch(epoch);
    std::stable_sort(epochs->begin(), epochs->end(),
                     [](const EpochRow& a, const EpochRow& b) { return a.epoch < b.epoch; });
    return epochs;
}

Outcome<void> summariseEpochs(Database& database, RunId run, TestResult tested) {
    const auto best = bestEpochOf(database, run);
    if (!best) return refuse(best.error());
    const auto summary = summariseAnew(database, run);
    if (!summary) return refuse(summary.error());
    return updateRow(database, runTable(), run.value,
                     summary->fields(tested == TestResult::Stays ? summary->best : *best));
}

Outcome<std::optional<qint64>> bestEpochOf(const Database& database, RunId run) {
    const auto best = database.value(QStringLiteral("SELECT best_epoch FROM run WHERE id = ?"), {run.value});
    if (!best) return refuse(best.error());
    return best->isNull() ? std::nullopt : std::optional(best->toLongLong());
}

Outcome<void> writeEpochs(Database& database, RunId run, const QVector<EpochRow>& rows) {
    if (rows.isEmpty()) return {};
    bool later = true; // than all that is there
    EpochSummary summary;
    auto read = database.each(
        QStringLiteral("SELECT epochs, series, best_epoch, samples_per_second, "
                       "(SELECT MAX(epoch) FROM run_epoch WHERE run = run.id) FROM run WHERE id = ?"),
        {run.value}, [&](const QSqlQuery& row) {
            summary.epochs = row.value(0).toLongLong();
            summary.series = seriesFromJson(row.value(1).toString().toUtf8()).value_or(summary.series);
            if (!row.isNull(2)) summary.best = row.value(2).toLongLong();
            summary.samplesPerSecond = realOrNone(row.value(3));
            later = row.isNull(4) || row.value(4).toLongLong() < rows.first().epoch;
        });
    if (!read) return read;
    const std::optional<qint64> before = summary.best;
    for (const EpochRow& row : rows) {
        const auto replaced = writeEpoch(database, run, row);
        if (!replaced) return refuse(replaced.error());
        later = later && !*replaced;
        summary.add(row);
    }
    if (!later) return summariseEpochs(database, run, TestResult::GoesWithItsEpoch);
    return updateRow(database, runTable(), run.value, summary.fields(before));
}

Fields testFields(const NamedValues& test, const QByteArray& testMetrics) {
    Fields fields;
    if (!test.isEmpty())
        fields << qMakePair(QStringLiteral("test"), textValue(QString::fromUtf8(toJson(test))));
    if (!testMetrics.isEmpty())
        fields << qMakePair(QStringLiteral("test_metrics"), textValue(QString::fromUtf8(testMetrics)));
    return fields;
}

Outcome<void> writeProgress(Database& database, RunId run, double seconds, qint64 steps) {
    return updateRow(database, runTable(), run.value,
                     {{QStringLiteral("heartbeat_at"), timeValue(QDateTime::currentDateTimeUtc())},
                      {QStringLiteral("seconds"), seconds},
                      {QStringLiteral("steps"), steps}});
}

Outcome<void> writeEnd(Database& database, RunId run, const RunEnd& end) {
    Fields fields{{QStringLiteral("state"), runStateKey(end.state)},
                  {QStringLiteral("seconds"), end.seconds},
                  {QStringLiteral("problem"), textValue(end.problem)}};
    // What was told before by setTestResult() stays unless there is something newer.
    fields << testFields(end.test, end.testMetrics);
    return updateRow(database, runTable(), run.value, fields);
}

Outcome<void> removeRun(Database& database, RunId run) {
    bool endedInBin = false; // one whose program is dead, too, be it marked so or not
    const auto read = database.each(
        QStringLiteral("SELECT state, owner, heartbeat_at FROM run WHERE id = ? AND deleted = 1"),
        {run.value}, [&](const QSqlQuery& row) {
            const auto beat = timeOf(row.value(2));
            endedInBin = row.value(0).toString() != runStateKey(RunState::Running) ||
                         !mayBeAlive(row.value(1).toString(), beat);
        });
    if (!read) return refuse(read.error());
    if (!endedInBin)
        return refuse(StorageError::Kind::NotFound,
                      QStringLiteral("Run %1 is not in the bin.").arg(run.value), database.path(),
                      QStringLiteral("Look again at what the bin holds."));
    for (const char* table : {"run_chunk", "run_epoch"})
        if (auto gone = database.run(QStringLiteral("DELETE FROM %1 WHERE run = ?").arg(QLatin1String(table)),
                                     {run.value});
            !gone)
            return gone;
    auto marked = updateRow(database, runTable(), run.value,
                            {{QStringLiteral("deleted"), removedMark},
                             {QStringLiteral("name"), textValue({})},
                             {QStringLiteral("notes"), textValue({})},
                             {QStringLiteral("tags"), tagsValue({})}});
    if (marked || marked.error().kind != StorageError::Kind::Damaged) return marked;
    // Not sealed anew: a damaged one is to go as well.
    return database.run(QStringLiteral("UPDATE run SET deleted = ? WHERE id = ?"), {removedMark, run.value});
}

Outcome<int> markInterrupted(Database& database) {
    QVector<qint64> dead;
    auto read =
        database.each(QStringLiteral("SELECT %1 FROM run WHERE state = ?").arg(runTable().selectList()),
                      {runStateKey(RunState::Running)}, [&](const QSqlQuery& row) {
                          const auto beat = timeOf(row.value(4));
                          if (sealHolds(row, runTable()) && !mayBeAlive(row.value(5).toString(), beat))
                              dead << row.value(0).toLongLong();
                      });
    if (!read) return refuse(read.error());
    for (const qint64 run : dead) {
        auto done = updateRow(database, runTable(), run,
                              {{QStringLiteral("state"), runStateKey(RunState::Interrupted)}});
        if (!done) return refuse(done.error());
    }
    return static_cast<int>(dead.size());
}

} // namespace burdock::storage
