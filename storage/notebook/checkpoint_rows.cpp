#include "storage/notebook/checkpoint_rows.h"

#include "storage/notebook/schema.h"
#include "storage/notebook/tensor_text.h"

#include <QSqlQuery>
#include <QVariant>

#include <algorithm>

namespace burdock::storage {
namespace {

// Kinds that nobody sees: being written, and on the way out.
const QString writingKind = QStringLiteral("writing");
const QString droppedKind = QStringLiteral("dropped");

Fields withKey(Fields fields, qint64 key) {
    fields << qMakePair(QStringLiteral("id"), QVariant(key));
    return fields;
}

constexpr qint64 rowBytes = 256; ///< a row weighs something too: many small arrays end a slice as well

} // namespace

Outcome<qint64> addCheckpointRow(Database& database, const Fields& fields) {
    const auto key =
        freeKey(database, {{"run_checkpoint", "id"}, {"tensor", "checkpoint"}, {"weights", "checkpoint"}});
    if (!key) return key;
    return insertRow(database, checkpointTable(), withKey(fields, *key));
}

Outcome<qint64> addTensorRow(Database& database, const Fields& fields) {
    const auto key = freeKey(database, {{"tensor", "id"}, {"tensor_chunk", "tensor"}});
    if (!key) return key;
    return insertRow(database, tensorTable(), withKey(fields, *key));
}

CheckpointWriter::CheckpointWriter(RunId run, std::shared_ptr<const CheckpointData> data)
    : run_(run)
    , data_(std::move(data)) {
    for (const CheckpointData::Tensor& tensor : data_->tensors)
        bytes_ += tensor.info.bytes;
}

qint64 CheckpointWriter::nextSliceBytes() const {
    return std::min(sliceBytes, bytes_ - kept_.bytesBefore - kept_.offset);
}

Outcome<void> CheckpointWriter::begin(Database& database) {
    const CheckpointInfo& info = data_->info;
    Fields fields{{QStringLiteral("run"), run_.value},
                  {QStringLiteral("kind"), writingKind},
                  {QStringLiteral("epoch"), info.epoch},
                  {QStringLiteral("step"), info.step},
                  {QStringLiteral("bytes"), bytes_},
                  {QStringLiteral("saved_at"), timeValue(info.savedAt)},
                  {QStringLiteral("tensors"), qint64(data_->tensors.size())}};
    if (!data_->state.isEmpty()) fields << qMakePair(QStringLiteral("state"), QVariant(data_->state));
    auto key = addCheckpointRow(database, fields);
    if (!key) return refuse(key.error());
    at_ = {};
    at_.key = *key;
    return {};
}

Outcome<bool> CheckpointWriter::writeSlice(Database& database) {
    if (at_.key == 0)
        if (auto begun = begin(database); !begun) return refuse(begun.error());
    for (qint64 left = sliceBytes; at_.tensor < data_->tensors.size();) {
        const CheckpointData::Tensor& tensor = data_->tensors[at_.tensor];
        if (at_.tensorKey == 0) {
            auto key = addTensorRow(database, {{QStringLiteral("checkpoint"), at_.key},
                                               {QStringLiteral("place"), qint64(at_.tensor)},
                                               {QStringLiteral("part"), textValue(tensor.info.part)},
                                               {QStringLiteral("name"), textValue(tensor.info.name)},
                                               {QStringLiteral("dims"), encodeDims(tensor.info.dims)},
                                               {QStringLiteral("bytes"), tensor.info.bytes}});
            if (!key) return refuse(key.error());
            at_.tensorKey = *key;
            left -= rowBytes;
        }
        while (at_.offset < tensor.info.bytes) {
            if (left <= 0) return false;
            const qint64 count = std::min(tensorChunkBytes, tensor.info.bytes - at_.offset);
            const qint64 place = at_.offset / tensorChunkBytes;
            const char* from = tensor.values + at_.offset;
            auto written = database.run(
                QStringLiteral(
                    "INSERT INTO tensor_chunk (tensor, place, checksum, data) VALUES (?, ?, ?, ?)"),
                {at_.tensorKey, place, qint64(chunkChecksum(at_.tensorKey, place, from, count)),
                 QByteArray::fromRawData(from, count)});
            if (!written) return refuse(written.error());
            at_.offset += count;
            left -= count;
        }
        at_.bytesBefore += tensor.info.bytes;
        at_.offset = at_.tensorKey = 0;
        ++at_.tensor;
        if (left <= 0 && at_.tensor < data_->tensors.size()) return false;
    }
    return true;
}

Outcome<void> CheckpointWriter::show(Database& database) const {
    const CheckpointKind kind = data_->info.kind;
    if (isSingle(kind))
        if (auto old = dropCheckpoint(database, run_, kind); !old) return old;
    return updateRow(database, checkpointTable(), at_.key,
                     {{QStringLiteral("kind"), checkpointKindKey(kind)}});
}

Outcome<void> CheckpointWriter::drop(Database& database) const {
    return database.run(QStringLiteral("UPDATE run_checkpoint SET kind = ? WHERE id = ?"),
                        {droppedKind, at_.key});
}

bool isSingle(CheckpointKind kind) {
    return kind == CheckpointKind::Best || kind == CheckpointKind::Last;
}

Outcome<void> dropCheckpoint(Database& database, RunId run, CheckpointKind kind) {
    // Not sealed anew: a damaged one is to go as well.
    return database.run(QStringLiteral("UPDATE run_checkpoint SET kind = ? WHERE run = ? AND kind = ?"),
                        {droppedKind, run.value, checkpointKindKey(kind)});
}

Outcome<void> dropAllCheckpoints(Database& database, RunId run) {
    return database.run(QStringLiteral("UPDATE run_checkpoint SET kind = ? WHERE run = ?"),
                        {droppedKind, run.value});
}

Outcome<void> dropCheckpointsAfter(Database& database, RunId run, qint64 step) {
    return database.run(
        QStringLiteral("UPDATE run_checkpoint SET kind = ? WHERE run = ? AND step > ? AND kind <> ?"),
        {droppedKind, run.value, step, writingKind});
}

Outcome<void> abandonUnfinished(Database& database) {
    return database.run(QStringLiteral("UPDATE run_checkpoint SET kind = ? WHERE kind = ? AND run IN "
                                       "(SELECT id FROM run WHERE state <> ?)"),
                        {droppedKind, writingKind, runStateKey(RunState::Running)});
}

namespace {

/// Deletes what it can of a checkpoint; true if nothing is left of it. `left` is what may be deleted yet.
Outcome<bool> dropArrays(Database& database, qint64 checkpoint, qint64& left) {
    QVector<QPair<qint64, qint64>> tensors; // keys and bytes
    auto read = database.each(QStringLiteral("SELECT id, bytes FROM tensor WHERE checkpoint = ?"),
                              {checkpoint}, [&](const QSqlQuery& row) {
                                  tensors << qMakePair(row.value(0).toLongLong(), row.value(1).toLongLong());
                              });
    if (!read) return refuse(read.error());
    for (const auto& [tensor, bytes] : tensors) {
        if (left <= 0) return false;
        const qint64 most = left / tensorChunkBytes + 1;
        qint64 gone = 0;
        auto chunks = database.run(QStringLiteral("DELETE FROM tensor_chunk WHERE id IN "
                                                  "(SELECT id FROM tensor_chunk WHERE tensor = ? LIMIT %1)")
                                       .arg(most),
                                   {tensor}, &gone);
        if (!chunks) return refuse(chunks.error());
        left -= rowBytes + std::min(gone * tensorChunkBytes, std::max<qint64>(bytes, 0));
        if (gone == most) return false;
        if (auto done = database.run(QStringLiteral("DELETE FROM tensor WHERE id = ?"), {tensor}); !done)
            return refuse(done.error());
    }
    return true;
}

} // namespace

Outcome<bool> dropUnwanted(Database& database, qint64 bytes) {
    while (bytes > 0) {
        auto unwanted = database.value(QStringLiteral("SELECT id FROM run_checkpoint WHERE kind = ? LIMIT 1"),
                                       {droppedKind});
        if (!unwanted) return refuse(unwanted.error());
        if (!unwanted->isValid()) return true;
        const auto gone = dropArrays(database, unwanted->toLongLong(), bytes);
        if (!gone || !*gone) return gone;
        for (const QString& sql : {QStringLiteral("DELETE FROM weights WHERE checkpoint = ?"),
                                   QStringLiteral("DELETE FROM run_checkpoint WHERE id = ?")})
            if (auto done = database.run(sql, {*unwanted}); !done) return refuse(done.error());
        bytes -= rowBytes;
    }
    return false;
}

namespace {

/// Of a checkpoint's row: whether as many rows hold its values as must. Reads the rows of its tensors, and of
/// the values no more than the index.
QString holdsAllValues() {
    return QStringLiteral("CASE WHEN tensors IS NULL "
                          "THEN EXISTS (SELECT 1 FROM weights WHERE checkpoint = run_checkpoint.id) "
                          "ELSE tensors = (SELECT COUNT(*) FROM tensor WHERE checkpoint = run_checkpoint.id) "
                          "AND NOT EXISTS (SELECT 1 FROM tensor WHERE checkpoint = run_checkpoint.id "
                          "AND (bytes + %1 - 1) / %1 > "
                          "(SELECT COUNT(*) FROM tensor_chunk WHERE tensor = tensor.id)) END")
        .arg(tensorChunkBytes);
}

} // namespace

Outcome<QVector<CheckpointInfo>> readCheckpoints(const Database& database, RunId run) {
    QVector<CheckpointInfo> infos;
    auto read =
        database.each(QStringLiteral("SELECT %1, %2 FROM run_checkpoint WHERE run = ? ORDER BY step, id")
                          .arg(checkpointTable().selectList(), holdsAllValues()),
                      {run.value}, [&](const QSqlQuery& row) {
                          const QString key = row.value(2).toString();
                          if (key == writingKind || key == droppedKind) return;
                          const auto kind = checkpointKindFromKey(key);
                          CheckpointInfo info{{row.value(0).toLongLong()},
                                              kind.value_or(CheckpointKind::Manual),
                                              row.value(3).toLongLong(),
                                              row.value(4).toLongLong(),
                                              row.value(5).toLongLong(),
                                              timeOf(row.value(7)),
                                              !kind || !sealHolds(row, checkpointTable()) ||
                                                  !row.value(checkpointTable().width()).toBool()};
                          for (qint64* count : {&info.epoch, &info.step, &info.bytes})
                              if (!isCount(*count)) {
                                  *count = 0;
                                  info.damaged = true;
                              }
                          infos << info;
                      });
    if (!read) return refuse(read.error());
    std::stable_sort(infos.begin(), infos.end(), [](const CheckpointInfo& a, const CheckpointInfo& b) {
        return std::min(a.kind, CheckpointKind::Epoch) < std::min(b.kind, CheckpointKind::Epoch);
    });
    return infos;
}

} // namespace burdock::storage
