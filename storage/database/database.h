#pragma once

#include "storage/storage_error.h"

#include <QSqlDatabase>
#include <QVariantList>

#include <functional>

class QSqlError;
class QSqlQuery;

namespace burdock::storage {

/// One connection to one SQLite file, with a name of its own, closed and removed by the destructor. It
/// belongs to the thread that opened it and must be used and destroyed there.
class Database {
  public:
    enum class Mode {
        Write,    ///< the one connection of a file that writes and checkpoints
        Read,     ///< can neither write nor checkpoint
        Immutable ///< reads the file as it lies there: no locks, no files beside it, the log is not seen
    };

    static Outcome<Database> open(const QString& path, Mode mode);
    /// Read, or Immutable where no log lies beside the file, so that reading leaves no trace.
    static Outcome<Database> openQuietly(const QString& path);
    Database(Database&& other) noexcept;
    Database& operator=(Database&&) = delete;
    ~Database();

    const QString& path() const { return path_; }
    /// Closing will not move the log into the file, which is not what the log was written for any more.
    void leaveLog();

    /// Runs one statement; rows are ignored. `rowsChanged` is what an INSERT, UPDATE or DELETE touched.
    Outcome<void> run(const QString& sql, const QVariantList& values = {}, qint64* rowsChanged = nullptr);
    /// Runs one INSERT and gives the new row's key.
    Outcome<qint64> insert(const QString& sql, const QVariantList& values);
    /// Calls `row` for every row. A failure in mid-way is reported after the rows that came before it.
    Outcome<void> each(const QString& sql, const QVariantList& values,
                       const std::function<void(const QSqlQuery&)>& row) const;
    /// The first column of the first row; invalid if there is no row.
    Outcome<QVariant> value(const QString& sql, const QVariantList& values = {}) const;

  private:
    Database(QSqlDatabase connection, QString name, QString path);
    Outcome<QSqlQuery> execute(const QString& sql, const QVariantList& values) const;

    QSqlDatabase connection_;
    QString name_;
    QString path_;
};

/// Of the disk that the path lies on; negative if it cannot be told.
qint64 freeBytes(const QString& path);

StorageError sqlError(const QSqlError& error, const QString& path);

} // namespace burdock::storage
