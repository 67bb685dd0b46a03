#pragma once

#include "storage/database/file_lock.h"

#include <QByteArray>

#include <optional>

namespace burdock::storage {

/// What a notebook's file and its log were like after the last transaction, so that it is found out when
/// something has been written over them: a copy that goes into the file itself, not into its place, leaves
/// everything open and locked as it was. All functions need the file's lock, under which no Burdock writes.
class FileMark {
  public:
    enum class Change {
        None,
        Counted,    ///< something was moved from the log into the file, as its counter says
        Uncounted,  ///< the file was written to, and its counter does not say why
        Overwritten ///< this is not the file any more, or an older state of it, or a part
    };
    enum class LogChange {
        None,  ///< or transactions were added
        Anew,  ///< it has begun anew, as it does once the file has all that was in it
        Short, ///< it ends before what was in it: the file has all of that, or it is lost
        Gone   ///< nobody takes it away rightfully while it is open
    };

    bool isTaken() const { return !head_.isEmpty(); }
    void take(const FileLock& file);
    /// After a transaction, which writes to the log alone: whatever else has changed, others have done.
    void takeLog(const FileLock& file);
    Change compare(const FileLock& file) const;
    LogChange compareLog(const FileLock& file) const;

  private:
    struct Log {
        quint64 inode = 0;
        qint64 size = 0;
        QByteArray salts; ///< chosen anew whenever the log begins anew
    };
    /// None where that cannot be told now: the disk fails, or there are too many open files.
    static std::optional<Log> logOf(const QString& path);

    QByteArray head_;
    FileLock::Stamp stamp_;
    Log log_;
};

} // namespace burdock::storage
