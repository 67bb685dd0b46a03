#include "storage/notebook/rest.h"

#include "storage/database/file_opener.h"
#include "storage/database/transaction.h"
#include "storage/notebook/model_rows.h"
#include "storage/notebook/schema.h"
#include "storage/user_folders.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QHash>
#include <QRegularExpression>
#include <QSqlQuery>
#include <QVariant>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace burdock::storage {
namespace {

using Kind = StorageError::Kind;
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

Outcome<void> writeWaiting(Database& rest, const RunBacklog::Known& run) {
    // The curve in the rest ends where the notebook's does: its appender begins a new chunk there.
    CurveAppender curve(run.id, run.firstStep);
    if (auto done = curve.append(rest, run.waiting.steps); !done) return done;
    if (auto done = writeEpochs(rest, run.id, run.waiting.epochs); !done) return done;
    for (const auto& checkpoint : run.checkpoints) {
        CheckpointWriter writer(run.id, std::make_shared<CheckpointData>(checkpoint->writer.data()));
        for (bool whole = false; !whole;) {
            auto written = writer.writeSlice(rest);
            if (!written) return refuse(written.error());
            whole = *written;
        }
        if (auto shown = writer.show(rest); !shown) return shown;
    }
    const qint64 steps = run.stepsWritten + run.waiting.steps.steps();
    if (auto done = writeProgress(rest, run.id, run.seconds, steps); !done) return done;
    return writeEnd(rest, run.id, run.end);
}

Outcome<void> copyRun(const Database& notebook, Database& rest, RunId run) {
    for (const auto& [table, column] : {std::pair(&runTable(), "id"), std::pair(&setupTable(), "run"),
                                        std::pair(&epochTable(), "run"), std::pair(&chunkTable(), "run")})
        if (auto done = copyRows(notebook, rest, *table, QString::fromLatin1(column) + QStringLiteral(" = ?"),
                                 {run.value});
            !done)
            return done;
    return {};
}

/// What this program knows of the run, where the notebook does not know it any more.
Outcome<void> recallRun(Database& rest, const RunBacklog::Known& run) {
    const auto added = addRun(rest, run.start, run.startedAt, run.id);
    if (!added) return refuse(added.error());
    // Of a very long curve the first part is not known any more, and is missing if the notebook has lost it.
    CurveAppender curve(run.id, run.firstStep);
    if (auto done = curve.append(rest, run.written.steps); !done) return done;
    return writeEpochs(rest, run.id, run.written.epochs);
}

/// The weights that can still be read: those that are not sound are found out when they are taken in.
Outcome<void> saveWeights(const Database& notebook, Database& rest, const RunBacklog::Known& run) {
    const auto begun =
        notebook.value(QStringLiteral("SELECT started_at FROM run WHERE id = ?"), {run.id.value});
    if (!begun || *begun != timeValue(run.startedAt)) return {};
    if (auto set = rest.run(QStringLiteral("SAVEPOINT weights")); !set) return set;
    if (copyCheckpoints(notebook, rest, run.id)) return rest.run(QStringLiteral("RELEASE weights"));
    return rest.run(QStringLiteral("ROLLBACK TO weights"));
}

Outcome<void> fillRest(const QString& path, const Database& notebook, const RunBacklog::Known& run,
                       NotebookState state, bool oldWeights) {
    if (auto made = createFile(path, notebookFormat()); !made) return refuse(made.error());
    auto rest = Database::open(path, Database::Mode::Write);
    if (!rest) return refuse(rest.error());
    auto transaction = Transaction::begin(*rest);
    if (!transaction) return refuse(transaction.error());
    auto begun = state == NotebookState::Spoilt ? recallRun(*rest, run) : copyRun(notebook, *rest, run.id);
    if (begun && state == NotebookState::Gone) begun = copyCheckpoints(notebook, *rest, run.id);
    if (begun && state == NotebookState::Spoilt && oldWeights) begun = saveWeights(notebook, *rest, run);
    if (!begun) return begun;
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

bool synced(const QString& path) {
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool done = ::fsync(descriptor) == 0;
    ::close(descriptor);
    return done;
}

/// Under a name that nobody takes for a rest until it is one, and is on the disk. `oldWeights`: with what can
/// still be read of those that a spoilt notebook has.
Outcome<void> makeRest(const QString& path, const Database& notebook, const RunBacklog::Known& run,
                       NotebookState state, bool oldWeights = true) {
    const QString made = unfinishedName(path);
    auto done = fillRest(made, notebook, run, state, oldWeights);
    if (done && synced(made) && QFile::rename(made, path)) {
        (void)synced(QFileInfo(path).absolutePath()); // some file systems have nothing to sync there
        return {};
    }
    for (const char* suffix : {"", "-wal", "-shm"})
        QFile::remove(made + QLatin1String(suffix));
    // Where the notebook cannot be read either, what is known without it is worth no less.
    if (!done && state != NotebookState::Spoilt) {
        if (makeRest(path, notebook, run, NotebookState::Spoilt)) return {};
    }
    // A disk that has no room for the old weights may have some for all that is nowhere else.
    if (!done && state == NotebookState::Spoilt && oldWeights)
        return makeRest(path, notebook, run, state, false);
    if (!done) return done;
    return refuse(Kind::Disk, QStringLiteral("The rest could not be completed."), path,
                  QStringLiteral("Check the disk."));
}

} // namespace

Outcome<QString> writeRest(const Database& notebook, const RunBacklog::Known& run, NotebookState state) {
    Outcome<void> failure = refuse(Kind::Full, QStringLiteral("There is no folder for it."), notebook.path());
    for (const auto& [folder, name] : placesFor(notebook.path())) {
        // The notebook's own folder is not made again for it: somebody has taken it away.
        const bool own = folder == QFileInfo(notebook.path()).absoluteDir();
        if (!folder.exists() && (own || !QDir().mkpath(folder.path()))) continue;
        const QString path = folder.filePath(
            QStringLiteral("%1%2-run%3.burdock")
                .arg(name, QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmsszzz")))
                .arg(run.id.value));
        failure = makeRest(path, notebook, run, state);
        if (failure) return path;
    }
    return refuse(failure.error());
}

void removeUnfinished(const QString& notebook) {
    constexpr qint64 restFor = 60; // seconds; a program of another machine is not seen
    static const QString pattern = QStringLiteral("^%1(.*\\.burdock)?(\\.new-(\\d+))+(-wal|-shm|-journal)?$");
    for (const auto& [folder, name] : placesFor(notebook)) {
        const QString base = name.chopped(restMark.size());
        const QRegularExpression unfinished(pattern.arg(QRegularExpression::escape(base)));
        // By what they belong to: the file itself may be old while its log is being written.
        QHash<QString, QFileInfoList> groups;
        for (const QFileInfo& file : folder.entryInfoList(QDir::Files | QDir::NoSymLinks))
            if (const auto match = unfinished.match(file.fileName()); match.hasMatch())
                if (::kill(match.captured(3).toInt(), 0) != 0 && errno == ESRCH)
                    groups[file.fileName().chopped(match.capturedLength(4))] << file;
        for (const QFileInfoList& files : groups) {
            const bool old = std::all_of(files.begin(), files.end(), [](const QFileInfo& file) {
                return file.lastModified().secsTo(QDateTime::currentDateTimeUtc()) > restFor;
            });
            for (const QFileInfo& file : files)
                if (old) QFile::remove(file.filePath());
        }
    }
}

QStringList restsOf(const QString& notebook) {
    QStringList rests;
    for (const auto& [folder, name] : placesFor(notebook))
        for (const QFileInfo& file : folder.entryInfoList(QDir::Files | QDir::NoSymLinks, QDir::Name))
            if (file.fileName().startsWith(name) && file.fileName().endsWith(QStringLiteral(".burdock")))
                rests << file.filePath();
    return rests;
}

} // namespace burdock::storage
