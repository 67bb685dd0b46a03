#include "storage/notebook/series_migration.h"

#include "storage/database/file_format.h"
#include "storage/database/table.h"
#include "storage/notebook/series.h"

#include <QHash>
#include <QSqlQuery>
#include <QVariant>
#include <QtEndian>

#include <algorithm>
#include <cmath>

namespace burdock::storage {
namespace {

// The tables as they were before and as this version made them: what later ones add is not here. A seal does
// not hang on the name of the table.
const Table& oldRuns() {
    static const Table made = Table::of(
        "run", "id name state started_at heartbeat_at owner seconds epochs steps train_loss train_accuracy "
               "validation_loss validation_accuracy best_validation_loss best_validation_accuracy test_loss "
               "test_accuracy samples_per_second problem notes tags deleted test_metrics");
    return made;
}
const Table& newRuns() {
    static const Table made = Table::of(
        "run", "id name state started_at heartbeat_at owner seconds epochs steps samples_per_second "
               "problem notes tags deleted test_metrics best_epoch series test");
    return made;
}
const Table& oldEpochs() {
    static const Table made = Table::of(
        "old_epoch", "id run epoch step train_loss train_accuracy validation_loss validation_accuracy "
                     "samples_per_second seconds learning_rate");
    return made;
}
const Table& newEpochs() {
    static const Table made =
        Table::of("run_epoch", "id run epoch step seconds samples_per_second best metrics");
    return made;
}
const Table& oldChunks() {
    static const Table made = Table::of("old_chunk", "id run first_step steps data");
    return made;
}
const Table& newChunks() {
    static const Table made = Table::of("run_chunk", "id run series begins first_step steps data");
    return made;
}

const QString trainLoss = QStringLiteral("train.loss"), trainAccuracy = QStringLiteral("train.accuracy"),
              validationLoss = QStringLiteral("validation.loss"),
              validationAccuracy = QStringLiteral("validation.accuracy");

/// Goes through the rows of `table`; the first failure of `take` ends it.
Outcome<void> through(Database& database, const Table& table, const QString& order,
                      const std::function<Outcome<void>(const QSqlQuery&)>& take) {
    Outcome<void> taken;
    auto read = database.each(
        QStringLiteral("SELECT %1 FROM %2 ORDER BY %3").arg(table.selectList(), table.name, order), {},
        [&](const QSqlQuery& row) {
            if (taken) taken = take(row);
        });
    return taken ? read : taken;
}

Outcome<void> insert(Database& database, const Table& table, const Fields& fields, bool sound) {
    const auto key = insertRow(database, table, fields, sound);
    if (!key) return refuse(key.error());
    return {};
}

using Summaries = QHash<qint64, QVector<SeriesSummary>>;

Outcome<void> moveEpochs(Database& database, const QHash<qint64, qint64>& best, Summaries& summaries) {
    auto made = runStatements(
        database,
        {QStringLiteral("ALTER TABLE run_epoch RENAME TO old_epoch"),
         QStringLiteral(
             "CREATE TABLE run_epoch (id INTEGER PRIMARY KEY, "
             "run BIGINT NOT NULL REFERENCES run (id), epoch BIGINT NOT NULL, step BIGINT NOT NULL, "
             "seconds DOUBLE PRECISION, samples_per_second DOUBLE PRECISION, best BIGINT NOT NULL, "
             "metrics TEXT NOT NULL, seal BIGINT NOT NULL, UNIQUE (run, epoch))")});
    if (!made) return made;
    auto moved = through(database, oldEpochs(), QStringLiteral("run, epoch"), [&](const QSqlQuery& row) {
        const qint64 run = row.value(1).toLongLong(), epoch = row.value(2).toLongLong();
        const bool sound = sealHolds(row, oldEpochs());
        NamedValues values;
        if (sound) {
            values = {{trainLoss, realOrNan(row.value(4))},
                      {trainAccuracy, realOrNan(row.value(5))},
                      {validationLoss, realOrNan(row.value(6))},
                      {validationAccuracy, realOrNan(row.value(7))},
                      {QStringLiteral("learning_rate"), realOrNan(row.value(10))}};
            addEpoch(summaries[run], values);
        }
        return insert(database, newEpochs(),
                      {{QStringLiteral("run"), run},
                       {QStringLiteral("epoch"), epoch},
                       {QStringLiteral("step"), row.value(3)},
                       {QStringLiteral("seconds"), row.value(9)},
                       {QStringLiteral("samples_per_second"), row.value(8)},
                       {QStringLiteral("best"), qint64(best.value(run, -1) == epoch)},
                       {QStringLiteral("metrics"), QString::fromUtf8(toJson(values))}},
                      sound);
    });
    if (!moved) return moved;
    return database.run(QStringLiteral("DROP TABLE old_epoch"));
}

/// Where a run's steps begin: at 1, unless all are there and begin later.
Outcome<QHash<qint64, qint64>> beginnings(const Database& database) {
    QHash<qint64, qint64> begins;
    auto read = database.each(
        QStringLiteral("SELECT c.run, MIN(c.first_step), TOTAL(c.steps) >= run.steps FROM old_chunk AS c "
                       "JOIN run ON run.id = c.run GROUP BY c.run"),
        {}, [&](const QSqlQuery& row) {
            begins.insert(row.value(0).toLongLong(), row.value(2).toBool() ? row.value(1).toLongLong() : 1);
        });
    if (!read) return refuse(read.error());
    return begins;
}

Outcome<void> moveChunks(Database& database, const Summaries& summaries) {
    auto made = runStatements(
        database,
        {QStringLiteral("ALTER TABLE run_chunk RENAME TO old_chunk"),
         QStringLiteral("CREATE TABLE run_chunk (id INTEGER PRIMARY KEY, "
                        "run BIGINT NOT NULL REFERENCES run (id), series TEXT NOT NULL, "
                        "begins BIGINT NOT NULL, first_step BIGINT NOT NULL, steps BIGINT NOT NULL, "
                        "data BLOB NOT NULL, seal BIGINT NOT NULL, UNIQUE (run, series, first_step))")});
    if (!made) return made;
    const auto begins = beginnings(database);
    if (!begins) return refuse(begins.error());
    auto moved = through(database, oldChunks(), QStringLiteral("run, first_step"), [&](const QSqlQuery& row) {
        const qint64 run = row.value(1).toLongLong(), count = row.value(3).toLongLong();
        const QByteArray data = row.value(4).toByteArray();
        const auto add = [&](const QString& series, const QByteArray& values, bool sound) {
            return insert(database, newChunks(),
                          {{QStringLiteral("run"), run},
                           {QStringLiteral("series"), series},
                           {QStringLiteral("begins"), begins->value(run, 1)},
                           {QStringLiteral("first_step"), row.value(2)},
                           {QStringLiteral("steps"), count},
                           {QStringLiteral("data"), blobValue(values)}},
                          sound);
        };
        // All losses, then all accuracies, as little-endian floats.
        constexpr qint64 bytesPerStep = 2 * sizeof(float);
        const bool sound = sealHolds(row, oldChunks()) && count > 0 && data.size() % bytesPerStep == 0 &&
                           data.size() / bytesPerStep == count;
        if (!sound) return add(trainLoss, data, false);
        if (auto done = add(trainLoss, data.first(data.size() / 2), true); !done) return done;
        const QByteArray accuracies = data.last(data.size() / 2);
        QVector<float> values(count);
        qFromLittleEndian<float>(accuracies.constData(), count, values.data());
        const auto series = summaries.value(run);
        const bool measured =
            std::any_of(series.begin(), series.end(),
                        [](const auto& s) { return s.name == trainAccuracy; }) ||
            std::any_of(values.begin(), values.end(), [](float v) { return !std::isnan(v); });
        return measured ? add(trainAccuracy, accuracies, true) : Outcome<void>();
    });
    if (!moved) return moved;
    return database.run(QStringLiteral("DROP TABLE old_chunk"));
}

struct OldRun {
    qint64 key = 0;
    bool sound = false;
    QVector<SeriesSummary> series;
    NamedValues test;
};

/// What the run's own row says of a series outweighs its epochs, of which some may be damaged.
void takeOver(QVector<SeriesSummary>& series, const QString& name, const QVariant& last,
              const QVariant& best) {
    auto one = std::find_if(series.begin(), series.end(), [&](const auto& s) { return s.name >= name; });
    if (one == series.end() || one->name != name) { // no sound epoch tells of it
        if (last.isNull() && best.isNull()) return;
        one = series.insert(one, SeriesSummary{name});
    }
    one->last = realOrNan(last);
    for (const double value : {realOrNan(best), one->last}) {
        one->least = std::fmin(one->least, value);
        one->greatest = std::fmax(one->greatest, value);
    }
}

Outcome<void> moveRuns(Database& database, Summaries& summaries, const QHash<qint64, qint64>& best) {
    QVector<OldRun> runs;
    auto read = through(database, oldRuns(), QStringLiteral("id"), [&](const QSqlQuery& row) {
        OldRun run{row.value(0).toLongLong(), sealHolds(row, oldRuns()), {}, {}};
        run.series = summaries.take(run.key);
        takeOver(run.series, trainLoss, row.value(9), {});
        takeOver(run.series, trainAccuracy, row.value(10), {});
        takeOver(run.series, validationLoss, row.value(11), row.value(13));
        takeOver(run.series, validationAccuracy, row.value(12), row.value(14));
        run.test = {{QStringLiteral("test.loss"), realOrNan(row.value(15))},
                    {QStringLiteral("test.accuracy"), realOrNan(row.value(16))}};
        runs.append(std::move(run));
        return Outcome<void>();
    });
    if (!read) return read;
    QStringList statements{QStringLiteral("ALTER TABLE run ADD COLUMN best_epoch BIGINT"),
                           QStringLiteral("ALTER TABLE run ADD COLUMN series TEXT"),
                           QStringLiteral("ALTER TABLE run ADD COLUMN test TEXT")};
    for (const char* column :
         {"train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "best_validation_loss",
          "best_validation_accuracy", "test_loss", "test_accuracy"})
        statements << QStringLiteral("ALTER TABLE run DROP COLUMN %1").arg(QLatin1String(column));
    if (auto altered = runStatements(database, statements); !altered) return altered;
    for (const OldRun& run : runs) {
        const auto epoch = best.constFind(run.key);
        auto told = database.run(
            QStringLiteral("UPDATE run SET best_epoch = ?, series = ?, test = ? WHERE id = ?"),
            {epoch == best.constEnd() ? QVariant(QMetaType(QMetaType::LongLong)) : QVariant(*epoch),
             QString::fromUtf8(toJson(run.series)), QString::fromUtf8(toJson(run.test)), run.key});
        if (!told) return told;
        auto sealed =
            run.sound ? sealRow(database, newRuns(), run.key) : breakSeal(database, newRuns(), run.key);
        if (!sealed) return sealed;
    }
    return {};
}

} // namespace

Outcome<void> nameSeries(Database& database) {
    QHash<qint64, qint64> best; // epoch, by run
    auto read = database.each(
        QStringLiteral("SELECT run, epoch FROM run_checkpoint WHERE kind = 'best'"), {},
        [&](const QSqlQuery& row) { best.insert(row.value(0).toLongLong(), row.value(1).toLongLong()); });
    if (!read) return read;
    Summaries summaries;
    if (auto done = moveEpochs(database, best, summaries); !done) return done;
    if (auto done = moveChunks(database, summaries); !done) return done;
    return moveRuns(database, summaries, best);
}

} // namespace burdock::storage
