#pragma once

#include "storage/database/file_history.h"
#include "storage/database/file_mark.h"
#include "storage/database/file_opener.h"
#include "storage/notebook/run_backlog.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace burdock::storage {

/// The one thread of this process that writes to a notebook, with the one connection that checkpoints. Its
/// work is of two kinds: jobs, which somebody waits for, each in a transaction of its own; and the backlogs
/// of live runs, gathered for a quarter of a second.
class Writer {
  public:
    using Job = std::function<Outcome<void>(Database&)>;
    static constexpr qint64 smallTransaction = qint64{32} << 10; ///< bytes that it writes, or less

    /// Takes over the file. Refuses if the writing connection cannot be opened.
    static Outcome<std::unique_ptr<Writer>> start(OpenedFile file);
    ~Writer(); ///< writes what waits, moves the log into the file, ends the thread

    const OpenedFile& file() const { return file_; }
    /// What was found amiss and seen to, when the file was opened or since; told once.
    QVector<StorageError> takeNotices();
    /// The file has been deleted, moved, replaced or written over: nothing is written to it any more.
    bool isDisplaced() const { return place_ != Place::Own || !file_.lock.isInPlace(); }
    /// Its descriptors and locks are still those of the file that is in its place.
    bool isOverwritten() const { return place_ != Place::Own && place_ != Place::Moved; }
    StorageError displacement() const;
    /// Runs the job in a transaction on the writer's thread; returns once it is committed or rolled back. It
    /// may write about so many bytes.
    Outcome<void> perform(Job job, qint64 bytes = smallTransaction);
    /// As perform(), and returns once the change is on the disk itself: a power cut does not undo it.
    Outcome<void> performDurably(Job job);
    /// Waits until everything that was given before is committed; tells the first failure.
    Outcome<void> flush();

    // For RunWriter. -----------------------------------------------------------------------------------
    void attach(const std::shared_ptr<RunBacklog>& run);
    void detach(const std::shared_ptr<RunBacklog>& run);
    /// Calls `act` with the backlog under the lock, after waiting while it is full. (While the disk refuses
    /// to take it, it may grow: training goes on, and nothing is dropped.)
    template <class Act>
    void change(RunBacklog& run, Act&& act);
    /// Waits until what was told before is committed, or an attempt to do so has failed.
    Outcome<void> drain(RunBacklog& run);
    std::optional<StorageError> errorOf(const RunBacklog& run);
    /// See RunWriter::awaitCheckpoints().
    bool awaitWeights(RunBacklog& run);
    bool supersede(RunBacklog& run, CheckpointKind kind);
    bool holdsWeights(const RunBacklog& run);
    QVector<CheckpointInfo> takeSkipped(RunBacklog& run);
    /// Checkpoints that nobody wants any more are deleted when there is time.
    void dropUnwantedLater();
    /// Keeps what the run still has to write in a file of its own, as its program must end: see writeRest().
    /// Gives that file's name; nothing of the run waits any more then.
    Outcome<QString> keepRest(RunBacklog& run);

  private:
    using Clock = std::chrono::steady_clock;
    struct Ticket {
        Job job;
        Outcome<void> result;
        bool done = false;
        qint64 bytes = smallTransaction;
        bool plain = false; ///< needs no transaction
    };

    enum class Place { Own, Moved, Overwritten, Spoilt, LogCut, Restored, Newer };

    explicit Writer(OpenedFile file);
    void loop(Database& database);
    /// Waits for work and does it. False when there is none left and the writer is to end.
    bool turn(std::unique_lock<std::mutex>& lock, Database& database);
    void runJobs(std::unique_lock<std::mutex>& lock, Database& database);
    void writeBacklogs(std::unique_lock<std::mutex>& lock, Database& database, bool all);
    void writeBacklog(std::unique_lock<std::mutex>& lock, Database& database, RunBacklog& run);
    Outcome<void> writeRows(std::unique_lock<std::mutex>& lock, Database& database, RunBacklog& run);
    Outcome<void> writeWeights(std::unique_lock<std::mutex>& lock, Database& database, RunBacklog& run);
    Outcome<void> showUnseen(std::unique_lock<std::mutex>& lock, Database& database, RunBacklog& run);
    bool dropSome(Database& database, qint64 bytes);
    Outcome<void> stayInPlace(Database& database);
    void giveUp(Database& database, Place why);
    /// Refuses where the file is not what it was; needs its lock.
    Outcome<void> stayOwn(Database& database);
    /// In a transaction: whether others have put another state of the notebook, or a later format, into it.
    /// True where they have deleted who has written to it, which is told anew then.
    Outcome<bool> stayCurrent(Database& database);
    bool isOwn(const Database& database, const Database& alone);
    bool holdsAll(const Database& alone, const FileHistory& known, FileMark::LogChange log);
    void moveLog(Database& database);
    Outcome<void> lookOver(Database& database, const RunBacklog& run);
    void watchPlace(std::unique_lock<std::mutex>& lock, Database& database);
    Outcome<void> run(const std::shared_ptr<Ticket>& ticket);
    /// Never throws, whatever the job does.
    Outcome<void> inTransaction(Database& database, qint64 bytes, const Job& job);
    Outcome<void> transact(Database& database, qint64 bytes, const Job& job);
    void close(std::optional<Database>& database);

    OpenedFile file_;
    std::mutex mutex_;
    std::condition_variable wake_;    ///< the thread waits
    std::condition_variable settled_; ///< the others wait
    std::deque<std::shared_ptr<Ticket>> jobs_;
    std::vector<std::shared_ptr<RunBacklog>> runs_;
    qint64 bytesInLog_ = 0; ///< only the thread's
    bool unwanted_ = true;  ///< there may be checkpoints to delete
    quint64 logInode_ = 0;  ///< of our log beside the file; only the thread's, as the next
    FileMark mark_;         ///< only the thread's, as the next
    const qint64 self_ = FileHistory::newWriter();
    FileHistory history_;    ///< as of our last transaction, or of the last look at the file
    qint64 seenVersion_ = 0; ///< the connection's count of what others had committed then
    QString leftLog_;        ///< under which name the log was put aside, once it is Overwritten
    std::atomic<Place> place_ = Place::Own;
    bool tight_ = false; ///< the disk has little room; only the thread's, as the next
    Clock::time_point tightAskedAt_{};
    bool stopping_ = false;
    std::optional<Clock::time_point> stoppingSince_;
    std::thread thread_;
};

quint64 inodeOf(const QString& path);
/// Another one as soon as another connection has committed anything.
qint64 dataVersion(const Database& database);

template <class Act>
void Writer::change(RunBacklog& run, Act&& act) {
    std::unique_lock lock(mutex_);
    if (run.isFull()) settled_.wait(lock, [&] { return !run.isFull() || run.error; });
    act(run);
    ++run.told;
    if (!run.waitingSince) {
        run.waitingSince = Clock::now();
        wake_.notify_one();
    } else if (run.isFull()) {
        wake_.notify_one();
    }
}

} // namespace burdock::storage
