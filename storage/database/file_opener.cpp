#include "storage/database/file_opener.h"

#include "storage/database/file_check.h"
#include "storage/database/transaction.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QSet>
#include <QSqlQuery>
#include <QVariant>

#include <filesystem>

namespace burdock::storage {
namespace {

using Kind = StorageError::Kind;

QString timeStamp() {
    return QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss"));
}

Outcome<void> fill(const QString& path, const FileFormat& format) {
    auto database = Database::open(path, Database::Mode::Write);
    if (!database) return refuse(database.error());
    // One transaction in the classic journal mode, so that the main file is complete without a log.
    auto transaction = Transaction::begin(*database);
    if (!transaction) return refuse(transaction.error());
    if (auto done = migrate(*database, format, 0); !done) return done;
    if (auto done = transaction->commit(); !done) return done;
    return database->run(QStringLiteral("PRAGMA journal_mode = WAL"));
}

} // namespace

namespace {

// What a killed program has left spoils a file that came into its notebook's place later: SQLite replays it.
bool isOwnLog(const QString& path, int newestVersion) {
    const auto alone = Database::open(path, Database::Mode::Immutable);
    const auto both = Database::open(path, Database::Mode::Read);
    if (!alone || !both) return true;
    const FileHistory own = FileHistory::of(*alone), replayed = FileHistory::of(*both);
    if (replayed.isEmpty()) return true;
    if (!own.isEmpty()) return replayed.goesOnFrom(own);
    // A file of a format that had none yet: the log may be that in which it was brought to the newest, of
    // which nothing was moved.
    const auto version = alone->value(QStringLiteral("PRAGMA user_version"));
    return !version || version->toInt() >= newestVersion || own.hasAllThatWasMoved(replayed);
}

bool isDamaged(const Outcome<FileState>& state) {
    return state ? state->damage.has_value() : state.error().kind == Kind::Damaged;
}

} // namespace

Outcome<QString> putLogAside(const QString& path) {
    const QString log = path + QStringLiteral("-wal");
    const QString base = QStringLiteral("%1.left-%2").arg(log, timeStamp());
    QString aside = base;
    for (int i = 2; QFileInfo::exists(aside); ++i)
        aside = QStringLiteral("%1-%2").arg(base).arg(i);
    const bool there = QFileInfo::exists(log);
    if (there && !QFile::rename(log, aside))
        return refuse(Kind::Internal, QStringLiteral("An old log stands in the notebook's way."), log,
                      QStringLiteral("Move it elsewhere, or choose another name."));
    QFile::remove(path + QStringLiteral("-shm"));
    return there ? aside : QString();
}

QString unfinishedName(const QString& path) {
    return QStringLiteral("%1.new-%2").arg(path).arg(QCoreApplication::applicationPid());
}

// Made under another name and then given its own, which fails if another program was faster: nobody ever
// sees half a notebook.
Outcome<QString> createFile(const QString& path, const FileFormat& format) {
    if (!QFileInfo(QFileInfo(path).absolutePath()).isDir())
        return refuse(Kind::NotFound, QStringLiteral("The folder of the notebook does not exist."), path,
                      QStringLiteral("Make the folder, or choose another."));
    // A log without its notebook is what a deleted one left behind; SQLite would replay it into the new file.
    auto aside = putLogAside(path);
    if (!aside) return aside;
    const QString made = unfinishedName(path);
    QFile::remove(made);
    auto filled = fill(made, format);
    if (!filled) {
        QFile::remove(made);
        StorageError error = filled.error();
        error.where = path;
        return refuse(std::move(error));
    }
    std::error_code failure;
    std::filesystem::create_hard_link(QFile::encodeName(made).toStdString(),
                                      QFile::encodeName(path).toStdString(), failure);
    if (!failure || QFileInfo::exists(path)) {
        QFile::remove(made);
        return aside;
    }
    if (QFile::rename(made, path)) return aside; // a file system without hard links
    QFile::remove(made);
    return refuse(Kind::Internal, QStringLiteral("The file could not be made."), path,
                  QStringLiteral("Check that its folder may be written to."));
}

namespace {

Outcome<QString> makeBackup(Database& database, int version) {
    const QString base =
        QStringLiteral("%1.v%2-%3").arg(database.path(), QString::number(version), timeStamp());
    QString name = base + QStringLiteral(".backup");
    for (int i = 2; QFileInfo::exists(name); ++i)
        name = QStringLiteral("%1-%2.backup").arg(base).arg(i);
    const QString partial = name + QStringLiteral(".partial");
    QFile::remove(partial);
    // Not a copy of the bytes: a part of them may still lie in the log.
    auto copied = database.run(QStringLiteral("VACUUM INTO ?"), {partial});
    if (copied && QFile::rename(partial, name)) return name;
    QFile::remove(partial);
    if (!copied) {
        StorageError error = copied.error();
        error.what =
            QStringLiteral("No backup could be made before bringing the notebook up to date: ") + error.what;
        return refuse(std::move(error));
    }
    return refuse(Kind::Internal, QStringLiteral("The backup could not be named."), name,
                  QStringLiteral("Check that the notebook's folder may be written to."));
}

/// The tables that have rows whose owner is not there.
Outcome<QSet<QString>> orphans(const Database& database) {
    QSet<QString> tables;
    auto read = database.each(QStringLiteral("PRAGMA foreign_key_check"), {},
                              [&](const QSqlQuery& row) { tables.insert(row.value(0).toString()); });
    if (!read) return refuse(read.error());
    return tables;
}

Outcome<QString> bringUpToDate(const QString& path, const FileFormat& format, int version) {
    auto database = Database::open(path, Database::Mode::Write);
    if (!database) return refuse(database.error());
    QString backup;
    if (version > 0) {
        auto made = makeBackup(*database, version);
        if (!made) return made;
        backup = *made;
    }
    // Migrations rebuild tables, which must not cascade; the pragma does nothing inside a transaction.
    if (auto done = database->run(QStringLiteral("PRAGMA foreign_keys = OFF")); !done)
        return refuse(done.error());
    auto transaction = Transaction::begin(*database);
    if (!transaction) return refuse(transaction.error());
    const auto before = orphans(*database); // of what other programs have deleted
    if (!before) return refuse(before.error());
    if (auto done = migrate(*database, format, version); !done) return refuse(done.error());
    const auto after = orphans(*database);
    if (!after) return refuse(after.error());
    if (const auto made = *after - *before; !made.isEmpty())
        return refuse(
            Kind::Internal,
            QStringLiteral("The migration would leave rows of %1 without their owner.").arg(*made.begin()),
            path, QStringLiteral("The file was left as it is; please report this."));
    if (auto done = transaction->commit(); !done) return refuse(done.error());
    if (auto done = database->run(QStringLiteral("PRAGMA journal_mode = WAL")); !done)
        return refuse(done.error());
    return backup;
}

Outcome<void> useLog(const QString& path) {
    auto database = Database::open(path, Database::Mode::Write);
    if (!database) return refuse(database.error());
    return database->run(QStringLiteral("PRAGMA journal_mode = WAL"));
}

StorageError foreignLog(const QString& log) {
    return {Kind::Damaged,
            QStringLiteral("A log lay beside the notebook that was not written for it, and would have spoilt "
                           "it."),
            log, QStringLiteral("It was put aside.")};
}

Outcome<void> writeHistoryAnew(const QString& path, const FileFormat& format) {
    auto database = Database::open(path, Database::Mode::Write);
    if (!database) return refuse(database.error());
    auto transaction = Transaction::begin(*database);
    if (!transaction) return refuse(transaction.error());
    if (auto made = makeHistory(*database, format, {}); !made) return made;
    return transaction->commit();
}

/// What cannot be written now can be read all the same; the caller refuses what is not of the disk.
Outcome<void> orReadOnly(OpenedFile& opened, Outcome<void> written) {
    if (written || !written.error().isOfTheDisk()) return written;
    opened.readOnly = true;
    opened.unwritable = written.error();
    return {};
}

} // namespace

Outcome<bool> hasHistory(const Database& database, const FileFormat& format) {
    const auto count =
        database.value(QStringLiteral("SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = ?"),
                       {format.history->table});
    if (!count) return refuse(count.error());
    return count->toInt() > 0;
}

Outcome<void> makeHistory(Database& database, const FileFormat& format, FileHistory known) {
    if (const auto alone = Database::open(database.path(), Database::Mode::Immutable))
        known.add(FileHistory::of(*alone));
    const auto there = hasHistory(database, format);
    if (!there) return refuse(there.error());
    if (!*there)
        if (auto made = format.history->make(database); !made) return made;
    return known.keepIn(database);
}

StorageError historyMade(const QString& path, const FileFormat& format) {
    return {Kind::Damaged,
            QStringLiteral("Another program has deleted the table %1, which tells who has written to the "
                           "notebook.")
                .arg(format.history->table),
            path, QStringLiteral("It was begun anew; runs and weights are not concerned.")};
}

Outcome<OpenedFile> openFile(const QString& path, Access access, const FileFormat& format) {
    QString left;
    if (!QFileInfo::exists(path)) {
        if (access == Access::ReadOnly)
            return refuse(Kind::NotFound, QStringLiteral("There is no such notebook."), path,
                          QStringLiteral("Check the name."));
        auto made = createFile(path, format);
        if (!made) return refuse(made.error());
        left = *made;
    }
    auto lock = FileLock::open(path, access == Access::ReadOnly);
    if (!lock) return refuse(lock.error());
    OpenedFile opened{path, std::move(*lock), false, std::nullopt, std::nullopt, {}, {}};
    if (!left.isEmpty()) opened.notices << foreignLog(left);
    opened.readOnly = opened.lock.readOnly();
    auto held = opened.lock.acquire(opened.readOnly ? FileLock::Kind::Shared : FileLock::Kind::Exclusive);
    if (!held) return refuse(held.error());
    auto state = checkFile(path, opened.lock, format);
    const bool logged = QFileInfo(path + QStringLiteral("-wal")).size() > 0;
    if (!opened.readOnly && logged && (isDamaged(state) || !isOwnLog(path, format.newestVersion()))) {
        auto alone = checkFile(path, opened.lock, format, true);
        if (alone && alone->version > 0 && !alone->damage) {
            auto aside = putLogAside(path);
            if (!aside) return refuse(aside.error());
            if (!aside->isEmpty()) opened.notices << foreignLog(*aside);
            state = std::move(alone);
        }
    }
    if (!state) return refuse(state.error());
    if (state->damage) {
        opened.readOnly = true;
        opened.damage = state->damage;
    }
    if (state->lacksHistory && !opened.readOnly) {
        const auto made = writeHistoryAnew(path, format);
        if (auto done = orReadOnly(opened, made); !done) return refuse(done.error());
        if (made) opened.notices << historyMade(path, format);
    }
    if (state->version == format.newestVersion()) {
        // A backup, or a file that another tool has rewritten, is not in WAL mode.
        constexpr int journalMode = 18;
        const bool logging = opened.lock.head(journalMode + 1).endsWith('\2');
        if (!opened.readOnly && !logging)
            if (auto done = orReadOnly(opened, useLog(path)); !done) return refuse(done.error());
        return opened;
    }
    if (opened.readOnly)
        return refuse(
            Kind::ReadOnly,
            QStringLiteral("The notebook is of an older version and cannot be brought up to date, for "
                           "it can only be read."),
            path, QStringLiteral("Make the file and its folder writable, or open a copy."));
    auto backup = bringUpToDate(path, format, state->version);
    if (!backup) return refuse(backup.error());
    opened.backup = *backup;
    return opened;
}

} // namespace burdock::storage
