#pragma once

#include "storage/notebook/writer.h"

namespace burdock::storage {

/// What all Notebook objects of one file share in this process. There is at most one that writes: SQLite
/// wants one writer, and a second descriptor of the file would, when closed, drop the first one's locks.
class Core {
  public:
    static Outcome<std::shared_ptr<Core>> open(const QString& path, Access access, const FileFormat& format);
    ~Core();
    /// The one name that a file has here, whatever links lead to it; also of one that is yet to be made.
    static QString nameOf(const QString& path);

    const QString& path() const { return path_; }
    Writer* writer() const { return writer_.get(); } ///< null: read-only
    const std::optional<StorageError>& damage() const { return damage_; }
    /// Why there is no writer although the file could be written: the disk is full, or fails.
    const std::optional<StorageError>& unwritable() const { return unwritable_; }
    /// What was found amiss when it was opened, and seen to; told once.
    QVector<StorageError> takeNotices();
    Outcome<int> markInterruptedRuns(); ///< needs a writer
    /// A connection for the calling thread and the length of one question: opening it takes a tenth of a
    /// millisecond, and none is left behind in a thread when the notebook is closed.
    Outcome<Database> reader() const;

  private:
    explicit Core(QString path);
    QString path_;
    std::unique_ptr<Writer> writer_;
    std::optional<StorageError> damage_;
    std::optional<StorageError> unwritable_;
    QVector<StorageError> notices_;   ///< where there is no writer
    std::atomic<bool> stuck_ = false; ///< the disk took nothing the last time
};

} // namespace burdock::storage
