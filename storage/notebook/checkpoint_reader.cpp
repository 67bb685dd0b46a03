#include "storage/notebook/checkpoint_reader.h"

#include "storage/notebook/checkpoint_rows.h"
#include "storage/notebook/schema.h"
#include "storage/notebook/tensor_text.h"

#include <QCryptographicHash>
#include <QSqlQuery>
#include <QVariant>

#include <algorithm>
#include <cstring>

namespace burdock::storage {

CheckpointReader::CheckpointReader(Database database)
    : database_(std::move(database)) {}

CheckpointReader::~CheckpointReader() {
    (void)database_.run(QStringLiteral("COMMIT"));
}

Outcome<std::unique_ptr<CheckpointReader>> CheckpointReader::open(Database database, CheckpointId id) {
    std::unique_ptr<CheckpointReader> reader(new CheckpointReader(std::move(database)));
    if (auto begun = reader->begin(); !begun) return refuse(begun.error());
    if (auto loaded = reader->load(id); !loaded) return refuse(loaded.error());
    return reader;
}

Outcome<std::unique_ptr<CheckpointReader>> CheckpointReader::open(Database database, RunId run,
                                                                  CheckpointKind kind) {
    std::unique_ptr<CheckpointReader> reader(new CheckpointReader(std::move(database)));
    if (auto begun = reader->begin(); !begun) return refuse(begun.error());
    const auto id = reader->database_.value(
        QStringLiteral(
            "SELECT id FROM run_checkpoint WHERE run = ? AND kind = ? ORDER BY step DESC, id DESC"),
        {run.value, checkpointKindKey(kind)});
    if (!id) return refuse(id.error());
    if (!id->isValid())
        return refuse(StorageError::Kind::NotFound, QStringLiteral("The run has no such checkpoint."),
                      QStringLiteral("%1, run %2, %3")
                          .arg(reader->database_.path())
                          .arg(run.value)
                          .arg(checkpointKindKey(kind)),
                      QStringLiteral("Choose a run that has completed an epoch."));
    if (auto loaded = reader->load({id->toLongLong()}); !loaded) return refuse(loaded.error());
    return reader;
}

// One view of the file for all reads that follow.
Outcome<void> CheckpointReader::begin() {
    return database_.run(QStringLiteral("BEGIN"));
}

tl::unexpected<StorageError> CheckpointReader::damaged(const QString& why) const {
    return refuse(
        StorageError::Kind::Damaged, QStringLiteral("The weights are damaged (%1).").arg(why),
        QStringLiteral("%1, run %2, checkpoint of step %3")
            .arg(database_.path())
            .arg(run_.value)
            .arg(info_.step),
        QStringLiteral("Use another checkpoint of the run, or restore the notebook from a backup."));
}

Outcome<void> CheckpointReader::load(CheckpointId id) {
    bool sealed = false;
    qint64 promised = 0;
    auto read = database_.each(
        QStringLiteral("SELECT %1 FROM run_checkpoint WHERE id = ?").arg(checkpointTable().selectList()),
        {id.value}, [&](const QSqlQuery& row) {
            const auto kind = checkpointKindFromKey(row.value(2).toString());
            if (!kind) return;
            sealed = sealHolds(row, checkpointTable());
            run_ = {row.value(1).toLongLong()};
            info_ = {id,
                     *kind,
                     row.value(3).toLongLong(),
                     row.value(4).toLongLong(),
                     row.value(5).toLongLong(),
                     timeOf(row.value(7))};
            sha256_ = row.value(6).toByteArray();
            oneFile_ = row.value(8).isNull();
            promised = row.value(8).toLongLong();
            state_ = row.value(9).toByteArray();
        });
    if (!read && read.error().kind == StorageError::Kind::Damaged) return damaged(read.error().what);
    if (!read) return read;
    if (!info_.id)
        return refuse(StorageError::Kind::NotFound, QStringLiteral("The run has no such checkpoint."),
                      database_.path(), QStringLiteral("Choose one that the run lists."));
    if (!sealed) return damaged(QStringLiteral("their description does not match its seal"));
    // A seal says that a row is as it was written, not that Burdock wrote it, and readers make room for what
    // they are promised.
    const auto held = database_.value(
        QStringLiteral("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"));
    if (!held) return refuse(held.error());
    if (!isCount(info_.epoch) || !isCount(info_.step) || info_.bytes < 0 || info_.bytes > held->toLongLong())
        return damaged(QStringLiteral("%1 bytes of a notebook of %2 are promised")
                           .arg(info_.bytes)
                           .arg(held->toLongLong()));
    if (oneFile_) return {};
    bool sound = true;
    qint64 bytes = 0;
    read = database_.each(
        QStringLiteral("SELECT %1 FROM tensor WHERE checkpoint = ? ORDER BY place")
            .arg(tensorTable().selectList()),
        {id.value}, [&](const QSqlQuery& row) {
            TensorInfo tensor{
                row.value(3).toString(), row.value(4).toString(), {}, row.value(6).toLongLong()};
            const auto dims = decodeDims(row.value(5).toString(), tensor.bytes);
            // The sum never overflows: it is compared with what is left of the whole.
            if (!sealHolds(row, tensorTable()) || row.value(2).toLongLong() != tensors_.size() || !dims ||
                tensor.bytes > info_.bytes - bytes) {
                sound = false;
                return;
            }
            bytes += tensor.bytes;
            tensor.dims = *dims;
            keys_ << row.value(0).toLongLong();
            tensors_ << std::move(tensor);
        });
    if (!read && read.error().kind == StorageError::Kind::Damaged) return damaged(read.error().what);
    if (!read) return read;
    if (!sound || tensors_.size() != promised || bytes != info_.bytes)
        return damaged(QStringLiteral("the list of their arrays is not whole"));
    return {};
}

Outcome<void> CheckpointReader::read(qsizetype index, char* target) const {
    return readPieces(index, [target](qint64 at, const QByteArray& data) {
        std::memcpy(target + at, data.constData(), static_cast<std::size_t>(data.size()));
    });
}

Outcome<void> CheckpointReader::check(qint64 mostBytes, const std::function<bool()>& stopped) const {
    for (qsizetype i = 0; i < tensors_.size() && mostBytes > 0; ++i) {
        if (stopped && stopped()) return {};
        if (auto sound = readPieces(i, [](qint64, const QByteArray&) {}); !sound) return sound;
        mostBytes -= tensors_[i].bytes;
    }
    return {};
}

Outcome<void> CheckpointReader::readPieces(qsizetype index,
                                           const std::function<void(qint64, const QByteArray&)>& take) const {
    const TensorInfo& tensor = tensors_[index];
    const qint64 key = keys_[index];
    qint64 at = 0;
    bool sound = true;
    auto read = database_.each(
        QStringLiteral("SELECT place, checksum, data FROM tensor_chunk WHERE tensor = ? ORDER BY place"),
        {key}, [&](const QSqlQuery& row) {
            const QByteArray data = row.value(2).toByteArray();
            const qint64 place = row.value(0).toLongLong();
            const qint64 expected = std::min(tensorChunkBytes, tensor.bytes - at);
            sound =
                sound && place == at / tensorChunkBytes && data.size() == expected &&
                row.value(1).toLongLong() == qint64(chunkChecksum(key, place, data.constData(), data.size()));
            if (!sound) return;
            take(at, data);
            at += data.size();
        });
    if (!read && read.error().kind == StorageError::Kind::Damaged) return damaged(read.error().what);
    if (!read) return read;
    if (!sound) return damaged(QStringLiteral("the checksum of %1 does not match").arg(tensor.name));
    if (at != tensor.bytes)
        return damaged(
            QStringLiteral("%1 of the %2 bytes of %3 are there").arg(at).arg(tensor.bytes).arg(tensor.name));
    return {};
}

Outcome<QByteArray> CheckpointReader::oldFile() const {
    auto value =
        database_.value(QStringLiteral("SELECT data FROM weights WHERE checkpoint = ?"), {info_.id.value});
    if (!value && value.error().kind == StorageError::Kind::Damaged) return damaged(value.error().what);
    if (!value) return refuse(value.error());
    const QByteArray data = value->toByteArray();
    if (data.size() != info_.bytes)
        return damaged(QStringLiteral("%1 of %2 bytes are there").arg(data.size()).arg(info_.bytes));
    if (QCryptographicHash::hash(data, QCryptographicHash::Sha256) != sha256_)
        return damaged(QStringLiteral("the SHA-256 checksum does not match"));
    return data;
}

} // namespace burdock::storage
