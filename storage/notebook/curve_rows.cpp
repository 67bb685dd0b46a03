#include "storage/notebook/curve_rows.h"

#include "storage/notebook/missing_rows.h"
#include "storage/notebook/schema.h"

#include <QMap>
#include <QSqlQuery>
#include <QVariant>
#include <QtEndian>

#include <algorithm>

namespace burdock::storage {
namespace {

constexpr qsizetype bytesPerStep = sizeof(float);
constexpr float missing = std::numeric_limits<float>::quiet_NaN();
// Lost chunks leave NaN; what a file claims must not make the memory of a reader. 64 MB.
constexpr qint64 mostMissing = qint64{1} << 24;

QByteArray encode(const QVector<float>& values) {
    QByteArray bytes(values.size() * bytesPerStep, Qt::Uninitialized);
    qToLittleEndian<float>(values.constData(), values.size(), bytes.data());
    return bytes;
}

struct Chunk {
    qint64 key = 0;
    QString series;
    qint64 begins = 0, first = 0, count = 0;
    QByteArray data;
    bool sound = false;

    explicit Chunk(const QSqlQuery& row)
        : key(row.value(0).toLongLong())
        , series(row.value(2).toString())
        , begins(row.value(3).toLongLong())
        , first(row.value(4).toLongLong())
        , count(row.value(5).toLongLong())
        , data(row.value(6).toByteArray()) {
        // A seal says that a row is as it was written, not that Burdock wrote it.
        sound = sealHolds(row, chunkTable()) && count > 0 && data.size() / bytesPerStep == count &&
                data.size() % bytesPerStep == 0 && begins > 0 && first >= begins && isCount(first);
    }
    qint64 end() const { return first + count; }
    QVector<float> values() const {
        QVector<float> read(count);
        qFromLittleEndian<float>(data.constData(), count, read.data());
        return read;
    }
};

} // namespace

qint64 CurveAppender::bytesFor(const StepBlock& steps) {
    // The last chunk is written again with every append.
    return steps.series().size() * (steps.steps() + stepsPerChunk) * bytesPerStep;
}

// A run that goes on has series already, perhaps others than are told now. A damaged row says neither which
// nor since when.
Outcome<void> CurveAppender::begin(const Database& database) {
    if (begun_) return {};
    tails_.clear();
    auto read =
        database.each(QStringLiteral("SELECT %1 FROM run_chunk WHERE run = ? ORDER BY series, first_step")
                          .arg(chunkTable().selectList()),
                      {run_.value}, [&](const QSqlQuery& row) {
                          const Chunk chunk(row);
                          if (!chunk.sound) return;
                          if (tails_.isEmpty() || tails_.last().steps.name != chunk.series)
                              tails_.append({0, chunk.begins, {chunk.series, 1, {}}});
                      });
    if (!read) return read;
    kept_ = tails_;
    begun_ = true;
    return {};
}

Outcome<void> CurveAppender::append(Database& database, const StepBlock& steps) {
    if (steps.isEmpty()) return {};
    if (auto done = begin(database); !done) return done;
    const QVector<float> none(steps.steps(), missing);
    const qint64 begins = tails_.isEmpty() && begins_ > 0 ? begins_ : steps.firstStep;
    for (Tail& tail : tails_) {
        const StepSeries* told = steps.find(tail.steps.name);
        if (auto done = append(database, tail, steps.firstStep, told ? told->values : none); !done)
            return done;
    }
    for (const StepSeries& series : steps.series()) {
        const auto known = [&](const Tail& tail) { return tail.steps.name == series.name; };
        if (std::any_of(tails_.cbegin(), tails_.cend(), known)) continue;
        tails_.append({0, begins, {series.name, 1, {}}});
        if (auto done = append(database, tails_.last(), steps.firstStep, series.values); !done) return done;
    }
    return {};
}

Outcome<void> CurveAppender::append(Database& database, Tail& tail, qint64 firstStep,
                                    const QVector<float>& values) {
    qsizetype taken = 0;
    StepSeries& steps = tail.steps;
    while (taken < values.size()) {
        if (steps.values.size() >= stepsPerChunk) {
            tail.row = 0;
            steps.values.clear();
        }
        if (tail.row == 0) steps.firstStep = firstStep + taken;
        const qsizetype count = std::min(values.size() - taken, stepsPerChunk - steps.values.size());
        steps.values += values.sliced(taken, count);
        taken += count;
        const Fields fields{{QStringLiteral("run"), run_.value},
                            {QStringLiteral("series"), textValue(steps.name)},
                            {QStringLiteral("begins"), tail.begins},
                            {QStringLiteral("first_step"), steps.firstStep},
                            {QStringLiteral("steps"), qint64(steps.values.size())},
                            {QStringLiteral("data"), encode(steps.values)}};
        if (tail.row == 0) {
            auto row = insertRow(database, chunkTable(), fields);
            if (!row) return refuse(row.error());
            tail.row = *row;
        } else if (auto done = updateRow(database, chunkTable(), tail.row, fields); !done) {
            return done;
        }
    }
    return {};
}

namespace {

/// What is damaged may not stand where the new steps go, nor be forgotten: it steps aside and stays, as
/// damaged as it was.
Outcome<void> setAside(Database& database, qint64 key) {
    return database.run(QStringLiteral("UPDATE run_chunk SET first_step = -id WHERE id = ?"), {key});
}

/// What was set aside of a series, and the steps that it has not.
struct Lost {
    QVector<qint64> aside; ///< keys
    qint64 next = 0;       ///< zero: no chunk has been seen that is in its place
    qint64 firstLost = 0, steps = 0;

    void add(qint64 begins, qint64 first, qint64 count) {
        if (next == 0) next = begins > 0 && begins <= first ? begins : first;
        lose(first - next);
        next = std::max(next, first + count);
    }
    void lose(qint64 count) {
        if (count <= 0) return;
        if (steps == 0) firstLost = next;
        steps += count;
    }
};

/// Once all after the step `last` is gone: what was set aside of a series stands for what is missing up to
/// there, and for nothing that is written from now on.
Outcome<void> standForWhatIsLost(Database& database, RunId run, qint64 last) {
    QMap<QString, Lost> all;
    auto read =
        database.each(QStringLiteral("SELECT series, id, begins, first_step, steps FROM run_chunk WHERE "
                                     "run = ? ORDER BY series, first_step"),
                      {run.value}, [&](const QSqlQuery& row) {
                          Lost& lost = all[row.value(0).toString()];
                          const qint64 first = row.value(3).toLongLong();
                          if (first <= 0)
                              lost.aside << row.value(1).toLongLong();
                          else if (isCount(first) && isCount(row.value(4).toLongLong()))
                              lost.add(row.value(2).toLongLong(), first, row.value(4).toLongLong());
                      });
    if (!read) return read;
    for (Lost& lost : all) {
        if (lost.next > 0) lost.lose(last + 1 - lost.next);
        // One of them stands for all, which are where they are unknown: their numbers may be damaged.
        for (const qint64 key : lost.aside) {
            auto told =
                database.run(QStringLiteral("UPDATE run_chunk SET begins = ?, steps = ? WHERE id = ?"),
                             {lost.steps > 0 ? lost.firstLost : last + 1, lost.steps, key});
            if (!told) return told;
            lost.steps = 0;
        }
    }
    return {};
}

} // namespace

Outcome<void> cutSteps(Database& database, RunId run, qint64 last) {
    // Before the first step nothing stays that could be damaged.
    if (last <= 0) return database.run(QStringLiteral("DELETE FROM run_chunk WHERE run = ?"), {run.value});
    QVector<Chunk> beyond;
    auto read = database.each(
        QStringLiteral(
            "SELECT %1 FROM run_chunk WHERE run = ? AND first_step > 0 AND first_step + steps - 1 > ?")
            .arg(chunkTable().selectList()),
        {run.value, last}, [&](const QSqlQuery& row) { beyond << Chunk(row); });
    if (!read) return read;
    for (const Chunk& chunk : beyond) {
        if (!chunk.sound) {
            if (auto done = setAside(database, chunk.key); !done) return done;
            continue;
        }
        const qint64 kept = last - chunk.first + 1;
        if (kept <= 0) {
            if (auto gone = deleteRow(database, chunkTable(), chunk.key); !gone) return gone;
            continue;
        }
        auto cut = updateRow(
            database, chunkTable(), chunk.key,
            {{QStringLiteral("steps"), kept}, {QStringLiteral("data"), encode(chunk.values().first(kept))}});
        if (!cut) return cut;
    }
    return standForWhatIsLost(database, run, last);
}

Outcome<bool> areWhole(const Database& database, RunId run, qint64 after, qint64 last) {
    bool whole = true;
    qint64 next = last + 1;
    QString series;
    auto read = database.each(
        QStringLiteral(
            "SELECT %1 FROM run_chunk WHERE run = ? AND first_step > ? ORDER BY series, first_step")
            .arg(chunkTable().selectList()),
        {run.value, after}, [&](const QSqlQuery& row) {
            const Chunk chunk(row);
            const bool other = series.isNull() || chunk.series != series;
            const bool later = other ? chunk.sound && chunk.begins > last : next > last;
            if (later) return; // nobody has asked for it
            whole = whole && chunk.sound && (other ? next > last : chunk.first == next) &&
                    (!other || chunk.first == std::max(chunk.begins, after + 1));
            series = textValue(chunk.series).toString();
            next = chunk.sound ? chunk.end() : next;
        });
    if (!read) return refuse(read.error());
    if (!whole || next <= last || (series.isNull() && last > after)) return false;
    const auto lost = database.value(
        QStringLiteral(
            "SELECT EXISTS (SELECT 1 FROM run_chunk AS aside WHERE run = ? AND first_step <= 0 AND "
            "steps > 0 AND NOT EXISTS (SELECT 1 FROM run_chunk AS same WHERE same.run = aside.run "
            "AND same.series = aside.series AND same.first_step > 0))"),
        {run.value});
    if (!lost) return refuse(lost.error());
    return !lost->toBool();
}

Outcome<StepCurves> readSteps(const Database& database, RunId run) {
    qint64 steps = 0;
    QVector<SeriesSummary> told;
    auto promised = database.each(QStringLiteral("SELECT steps, series FROM run WHERE id = ?"), {run.value},
                                  [&](const QSqlQuery& row) {
                                      steps = row.value(0).toLongLong();
                                      told = seriesFromJson(row.value(1).toString().toUtf8()).value_or(told);
                                  });
    if (!promised) return refuse(promised.error());
    StepCurves curves;
    qint64 filled = 0;
    int holes = 0, refused = 0;
    auto read = database.each(
        QStringLiteral("SELECT %1 FROM run_chunk WHERE run = ? ORDER BY series, first_step")
            .arg(chunkTable().selectList()),
        {run.value}, [&](const QSqlQuery& row) {
            const Chunk chunk(row);
            // No number of a chunk that is not sound is reckoned with: it may be any.
            if (!chunk.sound) {
                ++refused;
                return;
            }
            const bool other = curves.series.isEmpty() || curves.series.last().name != chunk.series;
            const qint64 next =
                other ? chunk.begins : curves.series.last().firstStep + curves.series.last().values.size();
            const qint64 hole = chunk.first - next;
            if (hole < 0 || hole > mostMissing - filled) {
                ++refused;
                return;
            }
            if (other) curves.series.append({chunk.series, chunk.begins, {}});
            if (hole > 0) ++holes;
            filled += hole;
            QVector<float>& values = curves.series.last().values;
            values.resize(values.size() + hole, missing);
            values += chunk.values();
        });
    // A page of the table is broken: what came before it is still good.
    if (!read && read.error().kind != StorageError::Kind::Damaged) return refuse(read.error());
    if (!read) ++refused;
    QStringList there;
    for (const StepSeries& series : curves.series) {
        there << series.name;
        if (series.firstStep + series.values.size() - 1 < steps) ++holes;
    }
    if (steps > 0) holes += absentSeries(told, there);
    // Where a chunk is refused there is a hole as well.
    curves.damagedChunks = std::max(refused, holes);
    return curves;
}

} // namespace burdock::storage
