#include "storage/database/file_check.h"
#include "storage/notebook/schema.h"
#include "storage/notebook/writer.h"

#include <QFile>
#include <QHash>
#include <QSqlQuery>
#include <QVariant>

#include <sys/stat.h>

// The writer and its file: whether that is still in its place, and still what it was.

namespace burdock::storage {

quint64 inodeOf(const QString& path) {
    struct stat info {};
    return ::stat(QFile::encodeName(path).constData(), &info) == 0 ? static_cast<quint64>(info.st_ino) : 0;
}

StorageError Writer::displacement() const {
    StorageError error = file_.lock.notInPlace();
    if (place_ == Place::Overwritten) {
        error.what = QStringLiteral("Another program has written over the notebook.");
        if (!leftLog_.isEmpty())
            error.what += QStringLiteral(" What was to be written to it lies in %1.").arg(leftLog_);
    }
    if (place_ == Place::Spoilt)
        error.what = QStringLiteral("A part of the notebook is damaged: another program has written into it, "
                                    "or the disk has lost it.");
    if (place_ == Place::LogCut)
        error.what = QStringLiteral("Another program has cut the notebook's log short.");
    return error;
}

// A log belongs to whatever file bears its name: if another one has come into the notebook's place, by a sync
// or a restored backup, SQLite would replay our log into that. So it is emptied into our own file, which may
// live on under another name, and taken away. Nothing is written any more then: what the runs have is kept as
// their rests.
Outcome<void> Writer::stayInPlace(Database& database) {
    if (place_ == Place::Own && file_.lock.isInPlace()) return {};
    if (place_ == Place::Own) {
        place_ = Place::Moved;
        const QString log = file_.path + QStringLiteral("-wal");
        const bool ours = logInode_ != 0 && inodeOf(log) == logInode_;
        if (ours) {
            (void)database.run(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"));
            QFile::remove(log);
            QFile::remove(file_.path + QStringLiteral("-shm"));
        }
    }
    return refuse(displacement());
}

// What was written into the file itself has our descriptors and locks as before. Our log would spoil another
// notebook that has come there, and is put aside. Where only some pages are damaged, or the log was cut
// short, it stays: it belongs to the file, and has runs that the file has not.
void Writer::giveUp(Database& database, Place why) {
    database.leaveLog();
    if (why != Place::Overwritten)
        QFile::remove(file_.path + QStringLiteral("-shm"));
    else if (const auto aside = putLogAside(file_.path))
        leftLog_ = *aside;
    else // a folder that refuses new names: what has come there comes first
        QFile::resize(file_.path + QStringLiteral("-wal"), 0);
    place_ = why; // last: it tells others that the name is there
}

Outcome<void> Writer::stayOwn(Database& database) {
    using Change = FileMark::Change;
    if (!mark_.isTaken()) mark_.take(file_.lock);
    const Change change = mark_.compare(file_.lock);
    if (change == Change::None) return {};
    if (change == Change::LogCut)
        giveUp(database, Place::LogCut);
    else if (change == Change::Overwritten || isForeign(database))
        giveUp(database, Place::Overwritten);
    if (place_ != Place::Own) return refuse(displacement());
    mark_.take(file_.lock);
    return {};
}

// Another notebook's counter may be beyond ours, and that of a copy of ours that has gone on elsewhere; but
// the file itself never has a run that we do not know, nor a network later than ours. Read past the log, in
// which our own rows may stand; what cannot be read so says nothing, as the log may have half of it.
bool Writer::isForeign(const Database& database) const {
    const auto file = Database::open(file_.path, Database::Mode::Immutable);
    if (!file) return false;
    const auto rows = [](const Database& of, const char* sql) {
        QHash<qint64, QString> found;
        auto read = of.each(QString::fromLatin1(sql), {}, [&](const QSqlQuery& row) {
            found.insert(row.value(0).toLongLong(), row.value(1).toString());
        });
        if (!read) found.clear();
        return found;
    };
    constexpr const char *runs = "SELECT id, started_at FROM run",
                         *models = "SELECT id, changed_at FROM model";
    const auto ourRuns = rows(database, runs), ourModels = rows(database, models);
    const auto theirRuns = rows(*file, runs), theirModels = rows(*file, models);
    for (auto run = theirRuns.begin(); run != theirRuns.end(); ++run)
        if (ourRuns.value(run.key()) != run.value()) return true;
    for (auto model = theirModels.begin(); model != theirModels.end(); ++model)
        if (const auto ours = ourModels.find(model.key()); ours != ourModels.end() && *ours < model.value())
            return true;
    return false;
}

// Before a run is called finished: pages that another program has spoilt are found by nobody who only adds.
Outcome<void> Writer::lookOver(Database& database) {
    if (auto there = stayInPlace(database); !there) return there;
    Outcome<void> sound;
    {
        // A connection of its own has no pages that it remembers.
        const auto fresh = Database::open(file_.path, Database::Mode::Read);
        if (!fresh) return refuse(fresh.error());
        sound = quickCheck(*fresh, notebookFormat(), file_.lock.stamp().size);
    }
    if (sound || sound.error().kind != StorageError::Kind::Damaged) return sound;
    giveUp(database, Place::Spoilt);
    return refuse(displacement());
}

void Writer::watchPlace(std::unique_lock<std::mutex>& lock, Database& database) {
    if (place_ != Place::Own) return;
    lock.unlock();
    const auto there = stayInPlace(database);
    lock.lock();
    if (there) return;
    for (const auto& run : runs_)
        run->error = there.error();
    settled_.notify_all();
}

void Writer::close(std::optional<Database>& database) {
    if (!stayInPlace(*database)) {
        database.reset();
        return;
    }
    // Closing the last connection moves the log into the file, which is a checkpoint too.
    const auto held = file_.lock.acquire(FileLock::Kind::Exclusive);
    if (held && stayOwn(*database)) (void)database->run(QStringLiteral("PRAGMA wal_checkpoint(PASSIVE)"));
    database.reset();
}

} // namespace burdock::storage
