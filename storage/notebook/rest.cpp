#include "storage/notebook/rest.h"

#include "storage/database/file_opener.h"
#include "storage/database/transaction.h"
#include "storage/notebook/model_rows.h"
#include "storage/notebook/schema.h"
#include "storage/notebook/tensor_text.h"
#include "storage/user_folders.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSqlQuery>
#include <QVariant>

namespace burdock::storage {
namespace {

using Kind = StorageError::Kind;
const QString restSetting = QStringLiteral("rest of");
const QString restMark = QStringLiteral(".rest-");

QString hashOf(const QString& path) {
    return QString::fromLatin1(
        QCryptographicHash::hash(path.toUtf8(), QCryptographicHash::Sha256).toHex().left(16));
}

/// The folder, and what the names of rests begin with there.
QVector<QPair<QDir, QString>> placesFor(const QString& notebook) {
    const QFileInfo info(notebook);
    QVector<QPair<QDir, QString>> places{{info.absoluteDir(), info.fileName() + restMark}};
    if (const QString state = stateFolder(); !state.isEmpty())
        places << qMakePair(QDir(state),
                            info.fileName() + QLatin1Char('-') + hashOf(info.absoluteFilePath()) + restMark);
    return places;
}

/// The rows of a table as they are, keys and seals included.
Outcome<void> copyRows(const Database& from, Database& to, const Table& table, const QString& where,
                       const QVariantList& values) {
    QStringList columns = table.columns;
    columns << QStringLiteral("seal");
    const QString sql = QStringLiteral("INSERT INTO %1 (%2) VALUES (%3)")
                            .arg(table.name, columns.join(QStringLiteral(", ")),
                                 QStringList(columns.size(), QStringLiteral("?")).join(QStringLiteral(", ")));
    Outcome<void> copied;
    auto read =
        from.each(QStringLiteral("SELECT %1 FROM %2 WHERE %3").arg(table.selectList(), table.name, where),
                  values, [&](const QSqlQuery& row) {
                      if (!copied) return;
                      QVariantList cells;
                      for (int i = 0; i < columns.size(); ++i)
                          cells << row.value(i);
                      copied = to.run(sql, cells);
                  });
    return read ? copied : read;
}

/// The checkpoints that are whole; `whose` selects them.
const QString wholeCheckpoints = QStringLiteral("SELECT id FROM run_checkpoint WHERE run = ? AND tensors IS "
                                                "NOT NULL AND kind NOT IN ('writing', 'dropped')");

Outcome<void> copyCheckpoints(const Database& from, Database& to, RunId run) {
    const QVariantList key{run.value};
    auto rows =
        copyRows(from, to, checkpointTable(), QStringLiteral("id IN (%1)").arg(wholeCheckpoints), key);
    if (!rows) return rows;
    rows = copyRows(from, to, tensorTable(), QStringLiteral("checkpoint IN (%1)").arg(wholeCheckpoints), key);
    if (!rows) return rows;
    Outcome<void> copied;
    auto read =
        from.each(QStringLiteral("SELECT tensor, place, checksum, data FROM tensor_chunk WHERE tensor IN "
                                 "(SELECT id FROM tensor WHERE checkpoint IN (%1))")
                      .arg(wholeCheckpoints),
                  key, [&](const QSqlQuery& row) {
                      if (!copied) return;
                      copied = to.run(
                          QStringLiteral(
                              "INSERT INTO tensor_chunk (tensor, place, checksum, data) VALUES (?, ?, ?, ?)"),
                          {row.value(0), row.value(1), row.value(2), row.value(3)});
                  });
    return read ? copied : read;
}

Outcome<void> writeWaiting(Database& rest, RunBacklog& run) {
    // The curve in the rest ends where the notebook's does: its appender begins a new chunk there.
    CurveAppender curve(run.id);
    if (auto done = curve.append(rest, run.pending.steps); !done) return done;
    if (auto done = writeEpochs(rest, run.id, run.pending.epochs); !done) return done;
    std::deque<std::shared_ptr<RunBacklog::Checkpoint>> waiting = run.checkpoints;
    if (run.writing) waiting.push_front(run.writing);
    for (const auto& checkpoint : waiting) {
        CheckpointWriter writer(run.id, std::make_shared<CheckpointData>(checkpoint->writer.data()));
        for (bool whole = false; !whole;) {
            auto written = writer.writeSlice(rest);
            if (!written) return refuse(written.error());
            whole = *written;
        }
    }
    const qint64 steps = run.committedSteps + run.pending.steps.steps();
    if (auto done = writeProgress(rest, run.id, run.seconds(), steps); !done) return done;
    return writeEnd(rest, run.id, run.end.value_or(RunEnd{RunState::Interrupted, run.seconds(), {}, {}, {}}));
}

Outcome<void> fillRest(const QString& path, const Database& notebook, RunBacklog& run, bool lost) {
    if (auto made = createFile(path, notebookFormat()); !made) return made;
    auto rest = Database::open(path, Database::Mode::Write);
    if (!rest) return refuse(rest.error());
    auto transaction = Transaction::begin(*rest);
    if (!transaction) return refuse(transaction.error());
    const QVariantList key{run.id.value};
    for (const auto& [table, column] : {std::pair(&runTable(), "id"), std::pair(&setupTable(), "run"),
                                        std::pair(&epochTable(), "run"), std::pair(&chunkTable(), "run")})
        if (auto done =
                copyRows(notebook, *rest, *table, QString::fromLatin1(column) + QStringLiteral(" = ?"), key);
            !done)
            return done;
    if (lost)
        if (auto done = copyCheckpoints(notebook, *rest, run.id); !done) return done;
    if (auto done = writeWaiting(*rest, run); !done) return done;
    if (auto done = writeSetting(*rest, restSetting, QFileInfo(notebook.path()).absoluteFilePath()); !done)
        return done;
    if (auto done = transaction->commit(); !done) return done;
    // Closing moves the log into the file; a rest that is not whole is none.
    qint64 busy = 0;
    auto moved = rest->each(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"), {},
                            [&](const QSqlQuery& row) { busy = row.value(0).toLongLong(); });
    if (moved && busy != 0)
        return refuse(Kind::Busy, QStringLiteral("The rest could not be completed."), path);
    return moved;
}

/// Rows of the run in the rest, sealed anew under the notebook's keys.
Outcome<void> takeRows(const Database& rest, Database& notebook, const Table& table, qint64 from, qint64 to) {
    Outcome<void> taken;
    auto read = rest.each(
        QStringLiteral("SELECT %1 FROM %2 WHERE run = ?").arg(table.selectList(), table.name), {from},
        [&](const QSqlQuery& row) {
            if (!taken || !sealHolds(row, table)) return;
            Fields fields;
            for (int i = table.columns.front() == QStringLiteral("run") ? 0 : 1; i < table.columns.size();
                 ++i)
                if (const QVariant value = row.value(i); !value.isNull())
                    fields << qMakePair(table.columns[i],
                                        table.columns[i] == QStringLiteral("run") ? QVariant(to) : value);
            if (auto added = insertRow(notebook, table, fields); !added) taken = refuse(added.error());
        });
    return read ? taken : read;
}

/// One tensor with its chunks, whose checksums hold their new place.
Outcome<void> takeTensor(const Database& rest, Database& notebook, const Fields& fields, qint64 from) {
    auto key = insertRow(notebook, tensorTable(), fields);
    if (!key) return refuse(key.error());
    Outcome<void> taken;
    auto read =
        rest.each(QStringLiteral("SELECT place, checksum, data FROM tensor_chunk WHERE tensor = ?"), {from},
                  [&](const QSqlQuery& row) {
                      if (!taken) return;
                      const qint64 place = row.value(0).toLongLong();
                      const QByteArray data = row.value(2).toByteArray();
                      const bool sound = row.value(1).toLongLong() ==
                                         qint64(chunkChecksum(from, place, data.constData(), data.size()));
                      // One that is damaged stays so.
                      const qint64 checksum =
                          sound ? chunkChecksum(*key, place, data.constData(), data.size()) : -1;
                      taken = notebook.run(
                          QStringLiteral(
                              "INSERT INTO tensor_chunk (tensor, place, checksum, data) VALUES (?, ?, ?, ?)"),
                          {*key, place, checksum, data});
                  });
    return read ? taken : read;
}

Outcome<void> takeCheckpoint(const Database& rest, Database& notebook, const CheckpointInfo& info, RunId to) {
    const QString kind = checkpointKindKey(info.kind);
    const bool single = info.kind == CheckpointKind::Best || info.kind == CheckpointKind::Last;
    auto there = notebook.value(
        QStringLiteral("SELECT id FROM run_checkpoint WHERE run = ? AND kind = ? AND step >= ?"),
        {to.value, kind, info.step});
    if (!there) return refuse(there.error());
    if (there->isValid() && single) return {};
    if (single)
        if (auto dropped = dropCheckpoint(notebook, to, info.kind); !dropped) return dropped;
    qint64 checkpoint = 0;
    Outcome<void> taken;
    auto read = rest.each(
        QStringLiteral("SELECT %1 FROM run_checkpoint WHERE id = ?").arg(checkpointTable().selectList()),
        {info.id.value}, [&](const QSqlQuery& row) {
            Fields fields{{QStringLiteral("run"), to.value}};
            for (int i = 2; i < checkpointTable().columns.size(); ++i)
                if (!row.value(i).isNull()) fields << qMakePair(checkpointTable().columns[i], row.value(i));
            auto key = insertRow(notebook, checkpointTable(), fields);
            if (key)
                checkpoint = *key;
            else
                taken = refuse(key.error());
        });
    if (!read || !taken) return read ? taken : read;
    read = rest.each(QStringLiteral("SELECT %1 FROM tensor WHERE checkpoint = ? ORDER BY place")
                         .arg(tensorTable().selectList()),
                     {info.id.value}, [&](const QSqlQuery& row) {
                         if (!taken || !sealHolds(row, tensorTable())) return;
                         Fields fields{{QStringLiteral("checkpoint"), checkpoint}};
                         for (int i = 2; i < tensorTable().columns.size(); ++i)
                             fields << qMakePair(tensorTable().columns[i], row.value(i));
                         taken = takeTensor(rest, notebook, fields, row.value(0).toLongLong());
                     });
    return read ? taken : read;
}

/// The notebook's own row of that run: it began at the same instant with the same network.
Outcome<std::optional<RunId>> sameRun(const Database& notebook, const RunStart& start,
                                      const QDateTime& startedAt) {
    auto key =
        notebook.value(QStringLiteral("SELECT run.id FROM run JOIN run_setup ON run_setup.run = run.id "
                                      "WHERE started_at = ? AND graph_json = ? AND seed = ?"),
                       {startedAt.toUTC().toString(Qt::ISODateWithMs), start.graphJson, start.seed});
    if (!key) return refuse(key.error());
    return key->isValid() ? std::optional(RunId{key->toLongLong()}) : std::nullopt;
}

/// What a user has said of the run in the notebook stays.
bool isUsersOwn(const QString& column) {
    static const QStringList own{QStringLiteral("id"), QStringLiteral("name"), QStringLiteral("notes"),
                                 QStringLiteral("tags"), QStringLiteral("deleted")};
    return own.contains(column);
}

Outcome<void> bringUpToDate(const Database& rest, Database& notebook, qint64 from, RunId to) {
    Outcome<void> done;
    auto read = rest.each(QStringLiteral("SELECT %1 FROM run WHERE id = ?").arg(runTable().selectList()),
                          {from}, [&](const QSqlQuery& row) {
                              Fields fields;
                              for (int i = 0; i < runTable().columns.size(); ++i)
                                  if (!isUsersOwn(runTable().columns[i]))
                                      fields << qMakePair(runTable().columns[i], row.value(i));
                              done = updateRow(notebook, runTable(), to.value, fields);
                          });
    if (!read || !done) return read ? done : read;
    for (const Table* table : {&epochTable(), &chunkTable()})
        if (auto gone =
                notebook.run(QStringLiteral("DELETE FROM %1 WHERE run = ?").arg(table->name), {to.value});
            !gone)
            return gone;
    return {};
}

Outcome<RunId> addAsNew(const Database& rest, Database& notebook, qint64 from) {
    Outcome<RunId> added = refuse(Kind::NotFound, QStringLiteral("The rest holds no run."), rest.path());
    auto read = rest.each(QStringLiteral("SELECT %1 FROM run WHERE id = ?").arg(runTable().selectList()),
                          {from}, [&](const QSqlQuery& row) {
                              Fields fields;
                              for (int i = 1; i < runTable().columns.size(); ++i)
                                  if (!row.value(i).isNull())
                                      fields << qMakePair(runTable().columns[i], row.value(i));
                              auto key = insertRow(notebook, runTable(), fields);
                              if (key)
                                  added = RunId{*key};
                              else
                                  added = refuse(key.error());
                          });
    if (!read) return refuse(read.error());
    if (!added) return added;
    if (auto setup = takeRows(rest, notebook, setupTable(), from, added->value); !setup)
        return refuse(setup.error());
    return added;
}

} // namespace

Outcome<QString> writeRest(const Database& notebook, RunBacklog& run, bool lost) {
    Outcome<void> failure = refuse(Kind::Full, QStringLiteral("There is no folder for it."), notebook.path());
    for (const auto& [folder, name] : placesFor(notebook.path())) {
        // The notebook's own folder is not made again for it: somebody has taken it away.
        const bool own = folder == QFileInfo(notebook.path()).absoluteDir();
        if (!folder.exists() && (own || !QDir().mkpath(folder.path()))) continue;
        const QString path = folder.filePath(
            QStringLiteral("%1%2-run%3.burdock")
                .arg(name, QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmsszzz")))
                .arg(run.id.value));
        failure = fillRest(path, notebook, run, lost);
        if (failure) return path;
        for (const char* suffix : {"", "-wal", "-shm"})
            QFile::remove(path + QLatin1String(suffix));
    }
    return refuse(failure.error());
}

QStringList restsOf(const QString& notebook) {
    QStringList rests;
    for (const auto& [folder, name] : placesFor(notebook))
        for (const QFileInfo& file : folder.entryInfoList(QDir::Files | QDir::NoSymLinks, QDir::Name))
            if (file.fileName().startsWith(name) && file.fileName().endsWith(QStringLiteral(".burdock")))
                rests << file.filePath();
    return rests;
}

Outcome<QString> takeIn(Database& notebook, const QString& path) {
    const auto opened = openFile(path, Access::ReadWrite, notebookFormat());
    if (!opened) return refuse(opened.error());
    auto rest = Database::openQuietly(path);
    if (!rest) return refuse(rest.error());
    const auto owner = readSetting(*rest, restSetting);
    if (!owner) return refuse(owner.error());
    const auto runs = readRuns(*rest, true);
    if (!runs) return refuse(runs.error());
    if (!*owner || runs->size() != 1 || runs->first().damaged)
        return refuse(Kind::Damaged, QStringLiteral("The rest of a run is damaged."), path,
                      QStringLiteral("Open it as a notebook of its own to see what is left."));
    const RunSummary& run = runs->first();
    auto found = sameRun(notebook, run.start, run.startedAt);
    if (!found) return refuse(found.error());
    RunId to = found->value_or(RunId{});
    if (to) {
        if (auto done = bringUpToDate(*rest, notebook, run.id.value, to); !done) return refuse(done.error());
    } else {
        auto added = addAsNew(*rest, notebook, run.id.value);
        if (!added) return refuse(added.error());
        to = *added;
    }
    for (const Table* table : {&epochTable(), &chunkTable()})
        if (auto done = takeRows(*rest, notebook, *table, run.id.value, to.value); !done)
            return refuse(done.error());
    const auto infos = readCheckpoints(*rest, run.id);
    if (!infos) return refuse(infos.error());
    for (const CheckpointInfo& info : *infos)
        if (info.damaged)
            continue; // it would take the place of one that is not
        else if (auto done = takeCheckpoint(*rest, notebook, info, to); !done)
            return refuse(done.error());
    return QStringLiteral("run %1, %2").arg(QString::number(to.value), run.start.name);
}

} // namespace burdock::storage
