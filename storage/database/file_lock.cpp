#include "storage/database/file_lock.h"

#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QThread>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace burdock::storage {
namespace {

#ifdef F_OFD_SETLK
// One byte far behind any page and away from those that SQLite locks (from 2^30 on).
bool setLock(int descriptor, short type) {
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = off_t{1} << 62;
    lock.l_len = 1;
    return ::fcntl(descriptor, F_OFD_SETLK, &lock) == 0;
}
#else
bool setLock(int descriptor, short type) {
    const int operation = type == F_UNLCK ? LOCK_UN : type == F_RDLCK ? LOCK_SH : LOCK_EX;
    return ::flock(descriptor, operation | LOCK_NB) == 0;
}
#endif

} // namespace

FileLock::FileLock(int descriptor, bool readOnly, QString path)
    : descriptor_(descriptor)
    , readOnly_(readOnly)
    , path_(std::move(path)) {}

FileLock::FileLock(FileLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1))
    , readOnly_(other.readOnly_)
    , path_(std::move(other.path_)) {}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Outcome<FileLock> FileLock::open(const QString& path, bool readOnly) {
    const QByteArray name = QFile::encodeName(path);
    // SQLite needs to make files beside the notebook: a folder that refuses them makes it read-only too.
    const QByteArray folder = QFile::encodeName(QFileInfo(path).absolutePath());
    int descriptor = -1;
    if (!readOnly && ::faccessat(AT_FDCWD, folder.constData(), W_OK, AT_EACCESS) == 0)
        descriptor = ::open(name.constData(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
    const bool writable = descriptor >= 0;
    if (!writable) descriptor = ::open(name.constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return refuse(
            StorageError::Kind::NotFound,
            QStringLiteral("The file cannot be read (%1).").arg(QString::fromLocal8Bit(std::strerror(errno))),
            path, QStringLiteral("Check its name and permissions."));
    FileLock lock(descriptor, !writable, path);
    struct stat info {};
    if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode))
        return refuse(StorageError::Kind::Foreign, QStringLiteral("This is not a file."), path,
                      QStringLiteral("Choose a .burdock file."));
    // The log is found by the file's name: programs that know the file by two names would each write a log of
    // their own. (One that is just being made has two for a moment.)
    QElapsedTimer waited;
    waited.start();
    while (info.st_nlink > 1) {
        if (waited.elapsed() > 1000)
            return refuse(
                StorageError::Kind::Foreign,
                QStringLiteral("The notebook has more than one name (hard links), and is safe under one "
                               "only."),
                path, QStringLiteral("Make a copy of it, and open that one."));
        QThread::msleep(20);
        if (::fstat(descriptor, &info) != 0) break;
    }
    return lock;
}

bool FileLock::isInPlace() const {
    struct stat own {
    }, there{};
    return ::fstat(descriptor_, &own) == 0 && ::stat(QFile::encodeName(path_).constData(), &there) == 0 &&
           own.st_dev == there.st_dev && own.st_ino == there.st_ino;
}

StorageError FileLock::notInPlace() const {
    return {StorageError::Kind::Moved,
            QFileInfo::exists(path_) ? QStringLiteral("Another file has come into the notebook's place.")
                                     : QStringLiteral("The notebook is not in its place any more."),
            path_,
            QStringLiteral("Runs that are going on are kept in files of their own, and taken in when the "
                           "notebook is opened again.")};
}

QByteArray FileLock::head(int count) const {
    QByteArray bytes(count, '\0');
    const ssize_t got = ::pread(descriptor_, bytes.data(), static_cast<size_t>(count), 0);
    bytes.truncate(got > 0 ? static_cast<int>(got) : 0);
    return bytes;
}

FileLock::Stamp FileLock::stamp() const {
    struct stat info {};
    if (::fstat(descriptor_, &info) != 0) return {};
    constexpr qint64 nanoseconds = 1'000'000'000;
    return {info.st_size, info.st_mtim.tv_sec * nanoseconds + info.st_mtim.tv_nsec};
}

Outcome<FileLock::Scope> FileLock::acquire(Kind kind, int timeoutMs) const {
    QElapsedTimer waited;
    waited.start();
    while (!setLock(descriptor_, kind == Kind::Exclusive ? F_WRLCK : F_RDLCK)) {
        const bool held = errno == EAGAIN || errno == EACCES || errno == EWOULDBLOCK || errno == EINTR;
        if (!held || waited.elapsed() >= timeoutMs)
            return refuse(StorageError::Kind::Busy,
                          QStringLiteral("Another program keeps writing to the notebook."), path_,
                          QStringLiteral("Wait for it, or close it, and try again."));
        QThread::msleep(lookEveryMs);
    }
    return Scope(descriptor_);
}

FileLock::Scope::Scope(Scope&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::Scope::~Scope() {
    if (descriptor_ >= 0) setLock(descriptor_, F_UNLCK);
}

} // namespace burdock::storage
