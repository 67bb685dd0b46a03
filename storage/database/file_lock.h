#pragma once

#include "storage/storage_error.h"

namespace burdock::storage {

/// Of an SQLite file: https://www.sqlite.org/fileformat2.html#the_database_header
constexpr int headerBytes = 100;

/// A descriptor of the notebook's file on which programs agree who writes and checkpoints. It is kept open
/// for as long as SQLite has connections to the file: closing any descriptor of a file drops the POSIX locks
/// that SQLite holds on it in the same process.
class FileLock {
  public:
    enum class Kind { Shared, Exclusive };

    /// Opens for writing, or for reading only where the file or its folder allow no more.
    static Outcome<FileLock> open(const QString& path, bool readOnly);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

    bool readOnly() const { return readOnly_; }
    /// Whether the path still leads to this very file: it may have been deleted, moved or replaced meanwhile,
    /// and what is written then reaches nobody.
    bool isInPlace() const;
    /// The refusal where it is not.
    StorageError notInPlace() const;
    /// Up to `count` bytes from the file's beginning, and its size.
    QByteArray head(int count) const;
    qint64 size() const { return stamp().size; }
    const QString& path() const { return path_; }
    struct Stamp {
        qint64 size = 0;
        qint64 changedAt = 0; ///< nanoseconds

        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    Stamp stamp() const;

    /// Held until destroyed. One descriptor holds one lock: scopes must not nest.
    class Scope {
      public:
        explicit Scope(int descriptor)
            : descriptor_(descriptor) {}
        Scope(Scope&& other) noexcept;
        Scope& operator=(Scope&&) = delete;
        ~Scope();

      private:
        int descriptor_;
    };
    /// Waits for at most `timeoutMs`, then refuses with Busy.
    Outcome<Scope> acquire(Kind kind, int timeoutMs = 10'000) const;
    static constexpr int lookEveryMs = 2; ///< while another program has it

  private:
    FileLock(int descriptor, bool readOnly, QString path);
    int descriptor_;
    bool readOnly_;
    QString path_;
};

} // namespace burdock::storage
