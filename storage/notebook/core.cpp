#include "storage/notebook/core.h"

#include <QFileInfo>
#include <QHash>

namespace burdock::storage {
namespace {

struct Registry {
    std::mutex mutex;
    std::condition_variable closed;
    QHash<QString, std::weak_ptr<Core>> writing; ///< also those that are being closed
};

Registry& registry() {
    static Registry made;
    return made;
}

} // namespace

QString Core::nameOf(const QString& path) {
    const QFileInfo info(path);
    if (info.exists()) return info.canonicalFilePath();
    const QString folder = QFileInfo(info.absolutePath()).canonicalFilePath();
    return folder.isEmpty() ? info.absoluteFilePath() : folder + QLatin1Char('/') + info.fileName();
}

Core::Core(QString path)
    : path_(std::move(path)) {}

Outcome<std::shared_ptr<Core>> Core::open(const QString& path, Access access, const FileFormat& format) {
    if (path.isEmpty())
        return refuse(StorageError::Kind::NotFound, QStringLiteral("No notebook was named."), {},
                      QStringLiteral("Give the name of a .burdock file."));
    const QString name = nameOf(path);
    Registry& all = registry();
    std::shared_ptr<Core> displaced; // outlives the lock, which whoever lets go of it last needs
    std::unique_lock lock(all.mutex);
    for (auto found = all.writing.constFind(name); found != all.writing.constEnd();
         found = all.writing.constFind(name)) {
        auto shared = found->lock();
        if (!shared) {
            all.closed.wait(lock);
            continue;
        }
        const bool asked = shared == displaced;
        displaced = shared;
        if (!shared->writer()->isDisplaced()) return shared;
        // Its descriptor, when it is closed, would take the locks of the next one away with it.
        if (shared->writer()->isOverwritten()) return refuse(shared->writer()->displacement());
        if (asked) break;
        // It holds on to a file that is not at this place any more, and its log, which bears the name of the
        // one that is, must be gone before that is opened. It may have much to do before.
        lock.unlock();
        (void)shared->writer()->perform([](Database&) { return Outcome<void>(); });
        lock.lock();
    }
    auto file = openFile(name, access, format);
    if (!file) return refuse(file.error());
    std::shared_ptr<Core> core(new Core(name));
    core->damage_ = file->damage;
    core->unwritable_ = file->unwritable;
    core->stuck_ = file->unwritable.has_value();
    core->notices_ = file->notices;
    if (file->readOnly) return core; // lets go of the descriptor: nothing of ours is locked
    auto writer = Writer::start(std::move(*file));
    if (!writer) {
        if (!writer.error().isOfTheDisk()) return refuse(writer.error());
        core->unwritable_ = writer.error(); // what is there can be read on a full disk too
        core->stuck_ = true;
        return core;
    }
    core->writer_ = std::move(*writer);
    all.writing.insert(name, core);
    return core;
}

Core::~Core() {
    if (!writer_) return;
    writer_.reset();
    Registry& all = registry();
    {
        const std::lock_guard lock(all.mutex);
        if (all.writing.value(path_).expired()) all.writing.remove(path_);
    }
    all.closed.notify_all();
}

QVector<StorageError> Core::takeNotices() {
    return writer_ ? writer_->takeNotices() : std::exchange(notices_, {});
}

Outcome<int> Core::markInterruptedRuns() {
    int marked = 0;
    auto done = writer_->perform([&](Database& database) -> Outcome<void> {
        auto count = markInterrupted(database);
        if (!count) return refuse(count.error());
        marked = *count;
        return abandonUnfinished(database);
    });
    stuck_ = !done && done.error().isOfTheDisk();
    if (!done) return refuse(done.error());
    writer_->dropUnwantedLater();
    return marked;
}

Outcome<Database> Core::reader() const {
    auto opened = writer_ ? Database::open(path_, Database::Mode::Read) : Database::openQuietly(path_);
    // Another file in this place has other runs under the same numbers.
    if (writer_ && writer_->isDisplaced()) return refuse(writer_->displacement());
    // Where the disk takes nothing, a log's index finds no room either; without a log none is needed.
    if (stuck_ && opened && QFileInfo(path_ + QStringLiteral("-wal")).size() == 0 &&
        !opened->value(QStringLiteral("SELECT 1 FROM sqlite_schema LIMIT 1")))
        return Database::open(path_, Database::Mode::Immutable);
    return opened;
}

} // namespace burdock::storage
