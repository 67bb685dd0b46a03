#include "storage/database/file_check.h"

#include <QFileInfo>
#include <QSqlQuery>
#include <QStringList>
#include <QVariant>
#include <QVector>
#include <QtEndian>

#include <algorithm>
#include <mutex>
#include <optional>

namespace burdock::storage {
namespace {

using Kind = StorageError::Kind;

const QByteArray magic("SQLite format 3\0", 16);

// Checking every page of a file reads it whole, about a second for a gigabyte: larger ones only have their
// core tables checked, and tell damage elsewhere when it is met.
constexpr qint64 wholeCheckLimit = qint64{48} << 20;

quint32 at(const QByteArray& head, int offset) {
    return qFromBigEndian<quint32>(head.constData() + offset);
}

tl::unexpected<StorageError> damaged(const QString& path, const QString& what) {
    return refuse(Kind::Damaged, what, path,
                  QStringLiteral("The file was left as it is. Restore it from a backup, or save what can be "
                                 "saved with `sqlite3 FILE .recover`."));
}

tl::unexpected<StorageError> foreign(const QString& path, const QString& what) {
    return refuse(Kind::Foreign, what, path, QStringLiteral("Choose a .burdock file, or a new name."));
}

tl::unexpected<StorageError> newer(const QString& path, qint64 version, int known) {
    return refuse(
        Kind::Newer,
        QStringLiteral("The notebook was written by a newer Burdock (format %1, this one knows %2).")
            .arg(version)
            .arg(known),
        path, QStringLiteral("Open it with the newer version; it was left as it is."));
}

// What the bytes say before SQLite sees them. The first page is as the last checkpoint left it; newer pages
// may lie in the log.
Outcome<int> checkHeader(const QString& path, const FileLock& file, const FileFormat& format, bool logged) {
    const QByteArray head = file.head(headerBytes);
    if (head.isEmpty() && !logged) return 0;
    if (head.isEmpty())
        return damaged(path, QStringLiteral("The notebook was emptied, only its log is left."));
    if (head.size() < headerBytes) {
        if (magic.startsWith(head.left(16)) || head.startsWith(magic))
            return damaged(path, QStringLiteral("The file is cut short after %1 bytes.").arg(head.size()));
        return foreign(path, QStringLiteral("This is not a Burdock notebook."));
    }
    const bool ours = at(head, 68) == format.applicationId;
    if (!head.startsWith(magic)) {
        if (ours) return damaged(path, QStringLiteral("The notebook's first bytes are damaged."));
        return foreign(path, QStringLiteral("This is not a Burdock notebook."));
    }
    if (!ours) return foreign(path, QStringLiteral("This is a database of another program."));
    const qint64 version = at(head, 60);
    if (version > format.newestVersion()) return newer(path, version, format.newestVersion());
    const qint64 pageField = qFromBigEndian<quint16>(head.constData() + 16);
    const qint64 pageSize = pageField == 1 ? 65536 : pageField;
    const bool powerOfTwo = pageSize >= 512 && (pageSize & (pageSize - 1)) == 0;
    const bool knownModes = head[18] >= 1 && head[18] <= 2 && head[19] >= 1 && head[19] <= 2;
    if (version < 1 || !powerOfTwo || !knownModes)
        return damaged(path, QStringLiteral("The notebook's header is damaged."));
    const qint64 expected = pageSize * at(head, 28);
    if (!logged && at(head, 24) == at(head, 92) && file.size() < expected)
        return damaged(path, QStringLiteral("The file is cut short: %1 of %2 bytes are there.")
                                 .arg(file.size())
                                 .arg(expected));
    return static_cast<int>(version);
}

// `scope` is a table, or the greatest number of complaints about the whole file. Compares indexes with tables
// too: a row that an index hides would be lost without a word.
Outcome<void> checkPages(const Database& database, const QString& scope,
                         const QString& check = QStringLiteral("integrity_check")) {
    QStringList complaints;
    auto done =
        database.each(QStringLiteral("PRAGMA %1(%2)").arg(check, scope), {}, [&](const QSqlQuery& row) {
            if (const QString text = row.value(0).toString(); text != QStringLiteral("ok"))
                complaints << text;
        });
    if (!done) return done;
    if (complaints.isEmpty()) return {};
    return damaged(database.path(),
                   QStringLiteral("The notebook is damaged (%1).").arg(complaints.first().simplified()));
}

/// The rows of sqlite_schema: type, name, table, statement. A trigger may bear a table's name, or one that
/// SQLite keeps for itself, so that nothing less tells one from another.
using Schema = QVector<QStringList>;

Outcome<Schema> schemaOf(const Database& database) {
    Schema schema;
    auto read = database.each(QStringLiteral("SELECT type, name, tbl_name, sql FROM sqlite_schema"), {},
                              [&](const QSqlQuery& row) {
                                  QStringList entry;
                                  for (int i = 0; i < 4; ++i)
                                      entry << row.value(i).toString();
                                  schema << entry;
                              });
    if (!read) return refuse(read.error());
    return schema;
}

/// What other tools may leave: the statistics of ANALYZE.
bool isStatistics(const QStringList& entry) {
    static const QStringList statements{
        QStringLiteral("CREATE TABLE sqlite_stat1(tbl,idx,stat)"),
        QStringLiteral("CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)")};
    return entry[0] == QStringLiteral("table") && statements.contains(entry[3]);
}

/// What the steps of `format` up to `version` make of an empty file. Kept, for making it takes longer than
/// all else that a small notebook is checked for.
Outcome<Schema> expectedSchema(const FileFormat& format, int version) {
    struct Made {
        QVector<Migration> migrations; ///< shared with the format: where they lie tells which they are
        int version = 0;
        Schema schema;
    };
    static std::mutex mutex;
    static std::optional<Made> kept;
    const std::lock_guard lock(mutex);
    if (kept && kept->migrations.constData() == format.migrations.constData() && kept->version == version)
        return kept->schema;
    FileFormat upTo = format;
    upTo.migrations.resize(version);
    auto fresh = Database::open(QStringLiteral(":memory:"), Database::Mode::Write);
    if (!fresh) return refuse(fresh.error());
    if (auto made = migrate(*fresh, upTo, 0); !made) return refuse(made.error());
    auto schema = schemaOf(*fresh);
    if (schema) kept = Made{format.migrations, version, *schema};
    return schema;
}

// A flipped bit in a column's name would else show up as a puzzling refusal of some statement; and triggers,
// views and generated columns that are not ours would run a stranger's statements with every change.
Outcome<void> checkSchema(const Database& database, const FileFormat& format, FileState& state) {
    const auto expected = expectedSchema(format, state.version);
    auto found = schemaOf(database);
    if (!expected) return refuse(expected.error());
    if (!found) return refuse(found.error());
    for (const QStringList& entry : *expected) {
        if (found->removeOne(entry)) continue;
        const bool changed = std::any_of(found->begin(), found->end(), [&](const QStringList& other) {
            return other[0] == entry[0] && other[1] == entry[1];
        });
        if (changed)
            return damaged(
                database.path(),
                QStringLiteral("The description of the %1 %2 is damaged.").arg(entry[0], entry[1]));
        if (!format.history || entry[1] != format.history->table)
            return damaged(database.path(),
                           QStringLiteral("The %1 %2 is missing: another program has deleted it, or its "
                                          "name is damaged.")
                               .arg(entry[0], entry[1]));
        state.lacksHistory = true;
    }
    for (const QStringList& entry : *found)
        if (!isStatistics(entry))
            return refuse(
                Kind::Foreign,
                QStringLiteral("The notebook holds something that no Burdock has put there: %1.")
                    .arg(entry[3].simplified().left(120)),
                database.path(),
                QStringLiteral("Do not trust where it came from. If it is your own work, drop it with "
                               "another SQLite program first."));
    return {};
}

Outcome<FileState> checkInside(const QString& path, const FileLock& file, const FileFormat& format,
                               bool logged) {
    // Nobody writes while the lock is held. Without a log, none has to be made, for which a full disk has no
    // room.
    auto database = Database::open(path, logged ? Database::Mode::Read : Database::Mode::Immutable);
    if (!database) return refuse(database.error());
    auto known = database->value(QStringLiteral("PRAGMA user_version"));
    if (!known) return refuse(known.error());
    if (known->toLongLong() > format.newestVersion())
        return newer(path, known->toLongLong(), format.newestVersion());
    FileState state{known->toInt()};
    if (state.version < 1) return damaged(path, QStringLiteral("The notebook's header is damaged."));
    if (auto done = checkSchema(*database, format, state); !done) return refuse(done.error());
    if (file.size() <= wholeCheckLimit) {
        auto done = checkPages(*database, QStringLiteral("1"));
        if (done) return state; // the tables that nothing goes on without are among what is sound
        state.damage = done.error();
    }
    for (const QString& table : format.coreTables)
        if (auto done = checkPages(*database, table); !done) return refuse(done.error());
    return state;
}

} // namespace

Outcome<void> quickCheck(const Database& database, const FileFormat& format, qint64 bytes) {
    const QStringList scopes =
        bytes <= wholeCheckLimit ? QStringList{QStringLiteral("1")} : format.coreTables;
    for (const QString& scope : scopes)
        if (auto done = checkPages(database, scope, QStringLiteral("quick_check")); !done) return done;
    return {};
}

Outcome<FileState> checkFile(const QString& path, const FileLock& file, const FileFormat& format,
                             bool alone) {
    const bool logged = !alone && QFileInfo(path + QStringLiteral("-wal")).size() > 0;
    auto version = checkHeader(path, file, format, logged);
    if (!version) return refuse(version.error());
    if (*version == 0) return FileState{};
    auto state = checkInside(path, file, format, logged);
    // The statements are right, so what SQLite cannot make sense of is the file ("unsupported file format").
    if (!state && state.error().kind == Kind::Internal) return damaged(path, state.error().what);
    return state;
}

} // namespace burdock::storage
