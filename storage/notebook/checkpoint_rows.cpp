#include "storage/notebook/checkpoint_rows.h"

#include "storage/notebook/schema.h"

#include <QCryptographicHash>
#include <QSqlQuery>
#include <QVariant>

namespace burdock::storage {
namespace {

QString keyOf(CheckpointKind kind) {
    return kind == CheckpointKind::Best ? QStringLiteral("best") : QStringLiteral("last");
}

QByteArray sha256(const QByteArray& data) {
    return QCryptographicHash::hash(data, QCryptographicHash::Sha256);
}

} // namespace

Outcome<void> writeCheckpoint(Database& database, RunId run, const CheckpointBlob& blob) {
    const QString kind = keyOf(blob.info.kind);
    auto old = database.value(QStringLiteral("SELECT id FROM run_checkpoint WHERE run = ? AND kind = ?"),
                              {run.value, kind});
    if (!old) return refuse(old.error());
    if (old->isValid()) {
        auto gone = database.run(QStringLiteral("DELETE FROM weights WHERE checkpoint = ?"), {*old});
        if (!gone) return gone;
        if (auto done = deleteRow(database, checkpointTable(), old->toLongLong()); !done) return done;
    }
    auto key =
        insertRow(database, checkpointTable(),
                  {{QStringLiteral("run"), run.value},
                   {QStringLiteral("kind"), kind},
                   {QStringLiteral("epoch"), blob.info.epoch},
                   {QStringLiteral("step"), blob.info.step},
                   {QStringLiteral("bytes"), qint64(blob.data.size())},
                   {QStringLiteral("sha256"), sha256(blob.data)},
                   {QStringLiteral("saved_at"), blob.info.savedAt.toUTC().toString(Qt::ISODateWithMs)}});
    if (!key) return refuse(key.error());
    return database.run(QStringLiteral("INSERT INTO weights (checkpoint, data) VALUES (?, ?)"),
                        {*key, blobValue(blob.data)});
}

Outcome<QVector<CheckpointInfo>> readCheckpoints(const Database& database, RunId run) {
    QVector<CheckpointInfo> infos;
    auto read = database.each(
        QStringLiteral("SELECT %1 FROM run_checkpoint WHERE run = ? ORDER BY kind")
            .arg(checkpointTable().selectList()),
        {run.value}, [&](const QSqlQuery& row) {
            if (!sealHolds(row, checkpointTable())) return;
            const QString kind = row.value(2).toString();
            infos << CheckpointInfo{
                kind == keyOf(CheckpointKind::Best) ? CheckpointKind::Best : CheckpointKind::Last,
                row.value(3).toLongLong(), row.value(4).toLongLong(), row.value(5).toLongLong(),
                QDateTime::fromString(row.value(7).toString(), Qt::ISODateWithMs).toUTC()};
        });
    if (!read) return refuse(read.error());
    return infos;
}

Outcome<QByteArray> readCheckpointData(const Database& database, RunId run, CheckpointKind kind) {
    const QString where =
        QStringLiteral("%1, run %2, %3 weights").arg(database.path()).arg(run.value).arg(keyOf(kind));
    const auto damaged = [&](const QString& why) {
        return refuse(
            StorageError::Kind::Damaged, QStringLiteral("The weights are damaged (%1).").arg(why), where,
            QStringLiteral("Use the run's other checkpoint, or restore the notebook from a backup."));
    };
    bool found = false, sealed = false;
    qint64 bytes = 0;
    QByteArray checksum, data;
    auto read = database.each(
        QStringLiteral("SELECT %1, weights.data FROM run_checkpoint LEFT JOIN weights "
                       "ON weights.checkpoint = run_checkpoint.id WHERE run_checkpoint.run = ? AND kind = ?")
            .arg(checkpointTable().selectList()),
        {run.value, keyOf(kind)}, [&](const QSqlQuery& row) {
            found = true;
            sealed = sealHolds(row, checkpointTable());
            bytes = row.value(5).toLongLong();
            checksum = row.value(6).toByteArray();
            data = row.value(checkpointTable().width()).toByteArray();
        });
    if (!read && read.error().kind == StorageError::Kind::Damaged) return damaged(read.error().what);
    if (!read) return refuse(read.error());
    if (!found)
        return refuse(StorageError::Kind::NotFound, QStringLiteral("The run has no such weights."), where,
                      QStringLiteral("Choose a run that has completed an epoch."));
    if (!sealed) return damaged(QStringLiteral("their description does not match its seal"));
    if (data.size() != bytes)
        return damaged(QStringLiteral("%1 of %2 bytes are there").arg(data.size()).arg(bytes));
    if (sha256(data) != checksum) return damaged(QStringLiteral("the SHA-256 checksum does not match"));
    return data;
}

} // namespace burdock::storage
