#include "storage/database/database.h"

#include <QFileInfo>
#include <QSqlDriver>
#include <QSqlError>
#include <QSqlQuery>
#include <QUrl>
#include <QVariant>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <sqlite3.h>

namespace burdock::storage {
namespace {

constexpr int busyTimeoutMs = 10'000;
constexpr qint64 smallestRoom = 256 * 1024; ///< for a log of a few pages and its index

QString connectOptions(Database::Mode mode) {
    QString options = QStringLiteral("QSQLITE_BUSY_TIMEOUT=%1").arg(busyTimeoutMs);
    if (mode != Database::Mode::Write) options += QStringLiteral(";QSQLITE_OPEN_READONLY");
    if (mode == Database::Mode::Immutable) options += QStringLiteral(";QSQLITE_OPEN_URI");
    return options;
}

QString databaseName(const QString& path, Database::Mode mode) {
    if (mode != Database::Mode::Immutable) return path;
    const QString absolute = QFileInfo(path).absoluteFilePath();
    return QStringLiteral("file:") + QString::fromLatin1(QUrl::toPercentEncoding(absolute, "/")) +
           QStringLiteral("?immutable=1");
}

// Pragmas belong to a connection, not to the file.
QStringList pragmas(Database::Mode mode) {
    // SQLite before 3.51.3 can damage a log that two connections write and checkpoint at the same instant:
    // only the writer checkpoints, and it does so by hand, under the write lock.
    QStringList list{QStringLiteral("PRAGMA wal_autocheckpoint = 0"),
                     // What a file's own schema calls for is a stranger's wish.
                     QStringLiteral("PRAGMA trusted_schema = OFF"),
                     QStringLiteral("PRAGMA cell_size_check = ON")};
    if (mode == Database::Mode::Write)
        list << QStringLiteral("PRAGMA foreign_keys = ON")
             // In WAL mode a killed program loses nothing with NORMAL, for the system still holds the
             // pages; only a power cut may take the last transactions, and never the file's order.
             << QStringLiteral("PRAGMA synchronous = NORMAL")
             << QStringLiteral("PRAGMA journal_size_limit = 16777216")
             // Debian's SQLite would empty each page that becomes free, so that deleting wrote as much as was
             // deleted: to the log, and then to the file.
             << QStringLiteral("PRAGMA secure_delete = FAST");
    return list;
}

void configure(const QSqlDatabase& connection, int option, int value) {
    const QVariant handle = connection.driver()->handle();
    if (std::strcmp(handle.typeName(), "sqlite3*") != 0) return;
    sqlite3_db_config(*static_cast<sqlite3* const*>(handle.constData()), option, value, nullptr);
}

/// What no pragma can say. A file's own triggers and views are never run, and no statement rewrites a schema:
/// the check of the schema refuses such files, and this is the second line behind it.
void defend(const QSqlDatabase& connection) {
    for (const auto& [option, value] :
         {std::pair(SQLITE_DBCONFIG_DEFENSIVE, 1), std::pair(SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
          std::pair(SQLITE_DBCONFIG_ENABLE_VIEW, 0)})
        configure(connection, option, value);
}

/// Whether the driver calls the library that we do: a Qt may have an SQLite of its own inside.
bool isOurs(const QSqlDatabase& connection) {
    static const bool ours = [&] {
        QSqlQuery query(connection);
        return query.exec(QStringLiteral("SELECT sqlite_source_id()")) && query.next() &&
               query.value(0).toString() == QLatin1String(sqlite3_sourceid());
    }();
    return ours;
}

} // namespace

qint64 freeBytes(const QString& path) {
    // Not QStorageInfo, which reads the list of all mounted disks: this is asked before each transaction.
    std::error_code failed;
    const auto space = std::filesystem::space(QFileInfo(path).filesystemAbsolutePath(), failed);
    return failed ? -1 : static_cast<qint64>(space.available);
}

StorageError sqlError(const QSqlError& error, const QString& path) {
    using Kind = StorageError::Kind;
    const int code = error.nativeErrorCode().toInt();
    const QString detail = error.databaseText().isEmpty() ? error.driverText() : error.databaseText();
    const auto made = [&](Kind kind, const QString& what, const QString& mend) {
        return StorageError{kind, QStringLiteral("%1 (SQLite: %2).").arg(what, detail), path, mend};
    };
    constexpr int foreignKeyBroken = 787, uniqueBroken = 2067, primaryKeyBroken = 1555; // extended codes
    switch (code & 0xff) {
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
        return made(Kind::Busy, QStringLiteral("The notebook is held by another program"),
                    QStringLiteral("Wait for it, or close it, and try again."));
    case 8: // SQLITE_READONLY
        return made(Kind::ReadOnly, QStringLiteral("The notebook can only be read"),
                    QStringLiteral("Make the file and its folder writable, or work on a copy."));
    case 13: // SQLITE_FULL
        return made(Kind::Full, QStringLiteral("The disk is full"),
                    QStringLiteral("Free some space, then try again."));
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
        return made(Kind::Damaged, QStringLiteral("The notebook is damaged"),
                    QStringLiteral("Restore it from a backup."));
    case 10: // SQLITE_IOERR
        // The index of the log is a file of its own, and where it finds no room SQLite tells no more than
        // this.
        if (const qint64 free = freeBytes(path); free >= 0 && free < smallestRoom)
            return made(Kind::Full, QStringLiteral("The disk is full"),
                        QStringLiteral("Free some space, then try again."));
        return made(Kind::Disk, QStringLiteral("The disk could not be read or written"),
                    QStringLiteral("Check the disk, then try again."));
    case 14: // SQLITE_CANTOPEN
        if (const qint64 free = freeBytes(path); free >= 0 && free < smallestRoom && QFileInfo::exists(path))
            return made(Kind::Full, QStringLiteral("The disk is full"),
                        QStringLiteral("Free some space, then try again."));
        return made(Kind::NotFound, QStringLiteral("The notebook cannot be opened"),
                    QStringLiteral("Check that its folder exists and may be written to."));
    case 19: // SQLITE_CONSTRAINT
        // What a row belongs to is gone, or a number that is to be given is taken; all else is our own doing.
        if (code == foreignKeyBroken || code == uniqueBroken || code == primaryKeyBroken)
            return made(
                Kind::Internal, QStringLiteral("What the notebook holds does not fit together"),
                QStringLiteral("Another program has deleted or changed a part of it: restore it from a "
                               "backup."));
        return made(Kind::Internal, QStringLiteral("The notebook refuses a value"),
                    QStringLiteral("Please report this."));
    default:
        return made(Kind::Internal, QStringLiteral("The database refused (code %1)").arg(code), {});
    }
}

Database::Database(QSqlDatabase connection, QString name, QString path)
    : connection_(std::move(connection))
    , name_(std::move(name))
    , path_(std::move(path)) {}

Database::Database(Database&& other) noexcept
    : connection_(std::exchange(other.connection_, QSqlDatabase()))
    , name_(std::exchange(other.name_, {}))
    , path_(std::exchange(other.path_, {})) {}

Database::~Database() {
    if (name_.isEmpty()) return;
    connection_.close();
    connection_ = QSqlDatabase(); // removeDatabase complains while a handle is left
    QSqlDatabase::removeDatabase(name_);
}

Outcome<Database> Database::open(const QString& path, Mode mode) {
    static std::atomic<quint64> counter = 0;
    const QString name = QStringLiteral("burdock-%1").arg(++counter);
    Database database(QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name), name, path);
    QSqlDatabase& connection = database.connection_;
    connection.setConnectOptions(connectOptions(mode));
    connection.setDatabaseName(databaseName(path, mode));
    if (!connection.open()) return refuse(sqlError(connection.lastError(), path));
    if (isOurs(connection)) defend(connection);
    for (const QString& pragma : pragmas(mode))
        if (auto done = database.run(pragma); !done) return refuse(done.error());
    return database;
}

void Database::leaveLog() {
    if (isOurs(connection_)) configure(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1);
}

Outcome<Database> Database::openQuietly(const QString& path) {
    const bool logged = QFileInfo::exists(path + QStringLiteral("-wal"));
    return open(path, logged ? Mode::Read : Mode::Immutable);
}

Outcome<QSqlQuery> Database::execute(const QString& sql, const QVariantList& values) const {
    QSqlQuery query(connection_);
    query.setForwardOnly(true);
    if (!query.prepare(sql)) return refuse(sqlError(query.lastError(), path_));
    for (const QVariant& value : values)
        query.addBindValue(value);
    if (!query.exec()) return refuse(sqlError(query.lastError(), path_));
    return query;
}

Outcome<void> Database::run(const QString& sql, const QVariantList& values, qint64* rowsChanged) {
    auto query = execute(sql, values);
    if (!query) return refuse(query.error());
    if (rowsChanged) *rowsChanged = query->numRowsAffected();
    return {};
}

Outcome<qint64> Database::insert(const QString& sql, const QVariantList& values) {
    auto query = execute(sql, values);
    if (!query) return refuse(query.error());
    return query->lastInsertId().toLongLong();
}

Outcome<void> Database::each(const QString& sql, const QVariantList& values,
                             const std::function<void(const QSqlQuery&)>& row) const {
    auto query = execute(sql, values);
    if (!query) return refuse(query.error());
    while (query->next())
        row(*query);
    if (query->lastError().isValid()) return refuse(sqlError(query->lastError(), path_));
    return {};
}

Outcome<QVariant> Database::value(const QString& sql, const QVariantList& values) const {
    QVariant first;
    bool seen = false;
    auto done = each(sql, values, [&](const QSqlQuery& query) {
        if (!std::exchange(seen, true)) first = query.value(0);
    });
    if (!done) return refuse(done.error());
    return first;
}

} // namespace burdock::storage
