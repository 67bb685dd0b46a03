#pragma once

#include "storage/database/access.h"
#include "storage/database/file_format.h"
#include "storage/database/file_history.h"
#include "storage/database/file_lock.h"

#include <optional>

namespace burdock::storage {

/// A file that was checked and is of the newest version.
struct OpenedFile {
    QString path;
    FileLock lock; ///< keep it until every connection is closed
    bool readOnly = false;
    std::optional<StorageError> damage;     ///< why it is read-only, if that is the reason
    std::optional<StorageError> unwritable; ///< or this: the disk is full, or fails
    QVector<StorageError> notices;          ///< what was amiss and has been seen to
    QString backup;                         ///< the copy that was made before migrating, or empty
};

/// Renames the log of a file that is not its own, so that it is not replayed into that. Gives the name that
/// it has then; empty if there was none.
Outcome<QString> putLogAside(const QString& path);
/// What a file is called while this process makes it: others that find it there know whose it is.
QString unfinishedName(const QString& path);
/// Makes an empty file of the newest version: whole or not at all. One that is there stays as it is. Gives
/// the name of the log that had to be put aside for it, which one that was deleted has left; empty if there
/// was none.
Outcome<QString> createFile(const QString& path, const FileFormat& format);

/// A table that is only history, and that another program has deleted, is begun anew with what is known of
/// it. Where another program has the file open, its deletion and this stay in the log for now: the new
/// history goes on from the one in the file itself as well, or it would tell the log for a foreign one. Needs
/// a transaction.
Outcome<void> makeHistory(Database& database, const FileFormat& format, FileHistory known);
/// Whether the table that the format's history is kept in is there.
Outcome<bool> hasHistory(const Database& database, const FileFormat& format);
/// What the user is told of a history that was made anew.
StorageError historyMade(const QString& path, const FileFormat& format);

/// Opens `path`, or makes it (whole or not at all) if it does not exist and `access` allows it. An older file
/// is migrated in one transaction after `<path>.v<version>-<time>.backup` was made. Whatever is refused is
/// left byte for byte as it was. The calling process must have no other descriptor of the file.
Outcome<OpenedFile> openFile(const QString& path, Access access, const FileFormat& format);

} // namespace burdock::storage
