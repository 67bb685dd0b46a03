#pragma once

#include "storage/database/file_format.h"
#include "storage/database/file_lock.h"

#include <optional>

namespace burdock::storage {

struct FileState {
    int version = 0; ///< 0: an empty file of no bytes, to be made a notebook
    /// Damage outside the core tables: the rest can be read, but writing might spread it.
    std::optional<StorageError> damage{};
    bool lacksHistory = false; ///< see FileFormat::history
};

/// Looks at a file without changing a byte of it or of its log: refuses what is foreign, newer, cut short or
/// damaged in its core tables. The file's lock must be held. `alone`: as if there were no log beside it.
Outcome<FileState> checkFile(const QString& path, const FileLock& file, const FileFormat& format,
                             bool alone = false);

/// Whether the pages of a file that is open make sense, of a large one those of its core tables.
Outcome<void> quickCheck(const Database& database, const FileFormat& format, qint64 bytes);

} // namespace burdock::storage
