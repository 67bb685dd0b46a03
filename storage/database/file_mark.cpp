#include "storage/database/file_mark.h"

#include <QFile>
#include <QtEndian>

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace burdock::storage {
namespace {

quint32 counterOf(const QByteArray& head) {
    return qFromBigEndian<quint32>(head.constData() + 24);
}

/// What no transaction changes: the magic, the page's size, the modes, and whose file it is.
QByteArray constantsOf(const QByteArray& head) {
    return head.left(24) + head.mid(68, 4);
}

} // namespace

// SQLite holds no lock on the log itself, so that another descriptor of it may be closed.
std::optional<FileMark::Log> FileMark::logOf(const QString& path) {
    constexpr int logHeaderBytes = 32, saltsAt = 16, saltBytes = 8;
    const int descriptor = ::open(QFile::encodeName(path + QStringLiteral("-wal")).constData(),
                                  O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return errno == ENOENT ? std::optional(Log()) : std::nullopt;
    std::optional<Log> log;
    struct stat info {};
    QByteArray head(logHeaderBytes, '\0');
    const ssize_t read = ::pread(descriptor, head.data(), logHeaderBytes, 0);
    if (read >= 0 && ::fstat(descriptor, &info) == 0) {
        log = Log{info.st_ino, info.st_size, {}};
        // The last bit of the magic is the order of the bytes that are summed.
        if (read == logHeaderBytes && (qFromBigEndian<quint32>(head.constData()) | 1) == 0x377f0683)
            log->salts = head.mid(saltsAt, saltBytes);
    }
    ::close(descriptor);
    return log;
}

void FileMark::take(const FileLock& file) {
    head_ = file.head(headerBytes);
    stamp_ = file.stamp();
    log_ = logOf(file.path()).value_or(Log{});
}

void FileMark::takeLog(const FileLock& file) {
    const auto log = logOf(file.path());
    if (!log) log_ = {}; // it cannot be looked at just then, and may have begun anew: the next look takes it
    // No transaction of ours leaves one without its head, or begins another file.
    if (log && (log_.inode == 0 || (log->inode == log_.inode && !log->salts.isEmpty()))) log_ = *log;
}

FileMark::LogChange FileMark::compareLog(const FileLock& file) const {
    const auto read = logOf(file.path());
    if (log_.inode == 0 || !read) return LogChange::None;
    const Log& log = *read;
    if (log.inode != log_.inode) return LogChange::Gone;
    if (log.salts == log_.salts) return log.size < log_.size ? LogChange::Short : LogChange::None;
    if (log.salts.isEmpty()) return LogChange::Short;
    return log_.salts.isEmpty() ? LogChange::None : LogChange::Anew;
}

FileMark::Change FileMark::compare(const FileLock& file) const {
    if (file.stamp() == stamp_) return Change::None;
    const QByteArray head = file.head(headerBytes);
    if (head.size() < headerBytes || constantsOf(head) != constantsOf(head_)) return Change::Overwritten;
    // It may begin anew after four thousand million.
    const auto counted = static_cast<qint32>(counterOf(head) - counterOf(head_));
    if (counted < 0 || (counted == 0 && file.stamp().size < stamp_.size)) return Change::Overwritten;
    return counted > 0 ? Change::Counted : Change::Uncounted;
}

} // namespace burdock::storage
