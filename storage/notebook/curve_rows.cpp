#include "storage/notebook/curve_rows.h"

#include "storage/notebook/schema.h"

#include <QSqlQuery>
#include <QVariant>
#include <QtEndian>

#include <algorithm>
#include <limits>

namespace burdock::storage {
namespace {

constexpr qsizetype bytesPerStep = 2 * sizeof(float);

// All losses, then all accuracies, as little-endian floats.
QByteArray encode(const StepSeries& steps) {
    const qsizetype count = steps.loss.size();
    QByteArray bytes(count * bytesPerStep, Qt::Uninitialized);
    qToLittleEndian<float>(steps.loss.constData(), count, bytes.data());
    qToLittleEndian<float>(steps.accuracy.constData(), count, bytes.data() + count * sizeof(float));
    return bytes;
}

void decode(const QByteArray& bytes, qsizetype count, float* loss, float* accuracy) {
    qFromLittleEndian<float>(bytes.constData(), count, loss);
    qFromLittleEndian<float>(bytes.constData() + count * sizeof(float), count, accuracy);
}

} // namespace

Outcome<void> CurveAppender::append(Database& database, const StepSeries& series) {
    qsizetype taken = 0;
    while (taken < series.loss.size()) {
        if (tail_.steps.loss.size() >= stepsPerChunk) tail_ = {};
        if (tail_.row == 0) tail_.steps.firstStep = series.firstStep + taken;
        const qsizetype count = std::min(series.loss.size() - taken, stepsPerChunk - tail_.steps.loss.size());
        tail_.steps.loss += series.loss.sliced(taken, count);
        tail_.steps.accuracy += series.accuracy.sliced(taken, count);
        taken += count;
        const Fields fields{{QStringLiteral("run"), run_.value},
                            {QStringLiteral("first_step"), tail_.steps.firstStep},
                            {QStringLiteral("steps"), qint64(tail_.steps.loss.size())},
                            {QStringLiteral("data"), encode(tail_.steps)}};
        if (tail_.row == 0) {
            auto row = insertRow(database, chunkTable(), fields);
            if (!row) return refuse(row.error());
            tail_.row = *row;
        } else if (auto done = updateRow(database, chunkTable(), tail_.row, fields); !done) {
            return done;
        }
    }
    return {};
}

Outcome<void> cutSteps(Database& database, RunId run, qint64 last) {
    struct Chunk {
        qint64 key, first, count;
        QByteArray data;
        bool sound = false;
    };
    QVector<Chunk> beyond;
    auto read =
        database.each(QStringLiteral("SELECT %1 FROM run_chunk WHERE run = ? AND first_step + steps - 1 > ?")
                          .arg(chunkTable().selectList()),
                      {run.value, last}, [&](const QSqlQuery& row) {
                          Chunk chunk{row.value(0).toLongLong(), row.value(2).toLongLong(),
                                      row.value(3).toLongLong(), row.value(4).toByteArray()};
                          chunk.sound =
                              sealHolds(row, chunkTable()) && chunk.data.size() == chunk.count * bytesPerStep;
                          beyond << std::move(chunk);
                      });
    if (!read) return read;
    for (const Chunk& chunk : beyond) {
        const qint64 kept = last - chunk.first + 1;
        // A damaged one cannot be cut and would stand where the new steps go: its own, which nobody can read,
        // are missing from now on.
        if (kept <= 0 || !chunk.sound) {
            if (auto gone = deleteRow(database, chunkTable(), chunk.key); !gone) return gone;
            continue;
        }
        StepSeries steps;
        steps.loss.resize(chunk.count);
        steps.accuracy.resize(chunk.count);
        decode(chunk.data, chunk.count, steps.loss.data(), steps.accuracy.data());
        steps.loss.resize(kept);
        steps.accuracy.resize(kept);
        auto cut = updateRow(database, chunkTable(), chunk.key,
                             {{QStringLiteral("steps"), kept}, {QStringLiteral("data"), encode(steps)}});
        if (!cut) return cut;
    }
    return {};
}

Outcome<StepSeries> readSteps(const Database& database, RunId run, int* damagedChunks) {
    struct Chunk {
        qint64 first, count;
        QByteArray data;
    };
    // Asked first: of a live run there may then be more steps, never fewer.
    const auto promised = database.value(QStringLiteral("SELECT steps FROM run WHERE id = ?"), {run.value});
    if (!promised) return refuse(promised.error());
    QVector<Chunk> chunks;
    qint64 present = 0;
    int damaged = 0;
    auto read = database.each(
        QStringLiteral("SELECT %1 FROM run_chunk WHERE run = ? ORDER BY first_step")
            .arg(chunkTable().selectList()),
        {run.value}, [&](const QSqlQuery& row) {
            Chunk chunk{row.value(2).toLongLong(), row.value(3).toLongLong(), row.value(4).toByteArray()};
            const qint64 free = chunks.isEmpty() ? chunk.first : chunks.last().first + chunks.last().count;
            if (!sealHolds(row, chunkTable()) || chunk.data.size() != chunk.count * bytesPerStep ||
                chunk.first < free) {
                ++damaged;
                return;
            }
            present += chunk.count;
            chunks << std::move(chunk);
        });
    // A page of the table is broken: what came before it is still good.
    if (!read && read.error().kind != StorageError::Kind::Damaged) return refuse(read.error());
    if (!read || (damaged == 0 && present < promised->toLongLong())) ++damaged;

    StepSeries series;
    if (!chunks.isEmpty()) {
        series.firstStep = chunks.first().first;
        // A sealed row can be trusted, so the sum of its numbers is a sane size, unless rows in between are
        // lost.
        const qint64 length = chunks.last().first + chunks.last().count - series.firstStep;
        constexpr float missing = std::numeric_limits<float>::quiet_NaN();
        series.loss.fill(missing, length);
        series.accuracy.fill(missing, length);
        for (const Chunk& chunk : chunks) {
            const qint64 at = chunk.first - series.firstStep;
            decode(chunk.data, chunk.count, series.loss.data() + at, series.accuracy.data() + at);
        }
    }
    if (damagedChunks) *damagedChunks = damaged;
    return series;
}

} // namespace burdock::storage
