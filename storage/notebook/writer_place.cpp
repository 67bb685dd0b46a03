#include "storage/database/file_check.h"
#include "storage/notebook/run_check.h"
#include "storage/notebook/schema.h"
#include "storage/notebook/writer.h"

#include <QFile>
#include <QSqlQuery>
#include <QVariant>

#include <algorithm>

#include <sys/stat.h>

// The writer and its file: whether that is still in its place, and still what it was.

namespace burdock::storage {

quint64 inodeOf(const QString& path) {
    struct stat info {};
    return ::stat(QFile::encodeName(path).constData(), &info) == 0 ? static_cast<quint64>(info.st_ino) : 0;
}

qint64 dataVersion(const Database& database) {
    const auto version = database.value(QStringLiteral("PRAGMA data_version"));
    return version ? version->toLongLong() : 0;
}

StorageError Writer::displacement() const {
    StorageError error = file_.lock.notInPlace();
    if (place_ == Place::Moved && file_.lock.isInPlace())
        error.what =
            QStringLiteral("The notebook was moved away and has come back: it must be opened again.");
    if (place_ == Place::Overwritten) {
        error.what = QStringLiteral("Another program has written over the notebook.");
        if (!leftLog_.isEmpty())
            error.what += QStringLiteral(" What was to be written to it lies in %1.").arg(leftLog_);
    }
    if (place_ == Place::Spoilt)
        error.what = QStringLiteral("A part of the notebook is damaged: another program has written into it, "
                                    "or the disk has lost it.");
    if (place_ == Place::Restored)
        error.what = QStringLiteral("Another program has restored another state of the notebook into it.");
    if (place_ == Place::Newer)
        error.what = QStringLiteral("A later Burdock has brought the notebook to a newer format.");
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
    using LogChange = FileMark::LogChange;
    if (!mark_.isTaken()) {
        mark_.take(file_.lock);
        history_ = FileHistory::of(database);
        seenVersion_ = dataVersion(database);
    }
    const LogChange log = mark_.compareLog(file_.lock);
    const Change change = mark_.compare(file_.lock);
    if (change == Change::None && log == LogChange::None) return {};
    if (change == Change::Overwritten) {
        giveUp(database, Place::Overwritten);
        return refuse(displacement());
    }
    const FileHistory known = history_; // isOwn() learns what others have written to the log since
    {
        const auto alone = Database::open(file_.path, Database::Mode::Immutable);
        if (!alone) return refuse(alone.error()); // it says nothing of the file that it cannot be opened now
        if (change != Change::None && !isOwn(database, *alone))
            giveUp(database, Place::Overwritten);
        else if (log == LogChange::Gone || (log != LogChange::None && !holdsAll(*alone, known, log)))
            giveUp(database, Place::LogCut);
    }
    if (place_ != Place::Own) return refuse(displacement());
    mark_.take(file_.lock);
    return {};
}

// A state that is restored by SQLite's own means (its backup, a program that opens a later format) comes like
// any change, through the log that all share: the file and the log stay as they are then.
Outcome<bool> Writer::stayCurrent(Database& database) {
    if (dataVersion(database) == seenVersion_) return false;
    const auto version = database.value(QStringLiteral("PRAGMA user_version"));
    if (version && version->toInt() > notebookFormat().newestVersion()) {
        place_ = Place::Newer;
        return refuse(displacement());
    }
    const FileHistory now = FileHistory::of(database);
    if (!now.isEmpty() && now.follows(history_)) return false;
    // Who has deleted it may have been in a hurry, and another program here before us: that knew less.
    if (now.isEmpty() || now.wasBegunAnew(history_)) {
        if (auto made = makeHistory(database, notebookFormat(), history_); !made) return refuse(made.error());
        return true;
    }
    place_ = Place::Restored;
    return refuse(displacement());
}

// Another notebook's counter may be beyond ours, and that of a copy of ours that has gone on elsewhere. Read
// past the log, in which our own changes stand; what cannot be read so says nothing, as the log may have half
// of it.
bool Writer::isOwn(const Database& database, const Database& alone) {
    const FileHistory file = FileHistory::of(alone);
    if (file.isEmpty()) return true;
    if (!file.hasAllThatWasMoved(history_)) return false;
    if (history_.follows(file)) return true;
    // Others may have written to it, through the log that all share.
    const qint64 version = dataVersion(database);
    const FileHistory now = FileHistory::of(database);
    if (version == seenVersion_) return false;
    if (now.isEmpty()) return !hasHistory(database, notebookFormat()).value_or(true); // for stayCurrent()
    if (!now.goesOnFrom(file)) return false;
    if (now.wasBegunAnew(history_)) return true; // and this as well
    if (!now.follows(history_)) return false;
    history_.add(now);
    seenVersion_ = version;
    return true;
}

// Another program that moves the log into the file may empty it, and it begins anew once all is moved. Where
// the file tells that its history was deleted, it has what came before: the log is moved in its order.
bool Writer::holdsAll(const Database& alone, const FileHistory& known, FileMark::LogChange log) {
    if (known.isEmpty()) return log == FileMark::LogChange::Anew;
    const FileHistory file = FileHistory::of(alone);
    const bool forgotten = file.wasBegunAnew(known) || !hasHistory(alone, notebookFormat()).value_or(true);
    if (!forgotten && !file.follows(known)) return false;
    if (log == FileMark::LogChange::Anew) return true;
    if (!quickCheck(alone, notebookFormat(), file_.lock.stamp().size)) return false;
    std::unique_lock lock(mutex_);
    const auto runs = runs_;
    lock.unlock();
    return std::all_of(runs.begin(), runs.end(),
                       [&](const auto& run) { return checkRows(alone, *run).has_value(); });
}

// Passive: takes what readers allow and waits for nobody. What it cannot do the next one does.
void Writer::moveLog(Database& database) {
    (void)database.each(QStringLiteral("PRAGMA wal_checkpoint(PASSIVE)"), {}, [&](const QSqlQuery& row) {
        const qint64 busy = row.value(0).toLongLong(), logged = row.value(1).toLongLong();
        if (busy == 0 && logged >= 0 && logged == row.value(2).toLongLong()) history_.setMoved();
    });
}

// Before a run is called finished: pages that another program has spoilt are found by nobody who only adds.
// Of a large notebook not all are read, but whatever this program has written of the run is.
Outcome<void> Writer::lookOver(Database& database, const RunBacklog& run) {
    if (auto there = stayInPlace(database); !there) return there;
    Outcome<void> sound;
    {
        // A connection of its own has no pages that it remembers.
        const auto fresh = Database::open(file_.path, Database::Mode::Read);
        if (!fresh) return refuse(fresh.error());
        sound = quickCheck(*fresh, notebookFormat(), file_.lock.stamp().size);
        if (sound) sound = checkRows(*fresh, run);
    }
    if (sound) sound = checkWeights(file_.path, run);
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
    if (held && stayOwn(*database)) moveLog(*database);
    database.reset();
}

} // namespace burdock::storage
