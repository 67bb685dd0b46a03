#include "storage/notebook/writer.h"

#include "storage/database/transaction.h"
#include "storage/notebook/process_identity.h"
#include "storage/notebook/schema.h"

#include <QFileInfo>
#include <QVariant>

#include <algorithm>
#include <future>
#include <system_error>

namespace burdock::storage {
namespace {

using namespace std::chrono_literals;

// Half of what a kill may cost: the other half is for the commit itself.
constexpr auto gatherFor = 250ms;
constexpr auto tidyFor = 1s;

// A file that is not in its place is found out so soon.
constexpr auto watchEvery = 1s;

// The log is moved into the file after about this many bytes. Counted by what was given to write, for the
// log's own size does not shrink when it is reused.
constexpr qint64 checkpointBytes = qint64{4} << 20;

qint64 bytesOf(const RunBacklog::Pending& pending) {
    return 2 * CurveAppender::bytesFor(pending.steps);
}

// Weights leave a rest of the disk to the rows, which are small: the curve goes on where they do not fit.
constexpr qint64 reserveForRows = qint64{1} << 20;

Outcome<void> roomFor(const QString& path, qint64 bytes) {
    const qint64 free = freeBytes(path);
    if (free < 0 || free >= bytes + reserveForRows) return {};
    return refuse(
        StorageError::Kind::Full,
        QStringLiteral("The disk is too full for the weights (%1 MB are free).").arg(free / 1'000'000), path,
        QStringLiteral("Free some space, then try again."));
}

std::chrono::steady_clock::time_point dueAt(const RunBacklog& run) {
    if (run.urgent) return {};
    if (run.retryAt) return *run.retryAt;
    if (run.isFull() || run.hasWeightsToWrite()) return {};
    const auto beat = run.beatAt + std::chrono::seconds(heartbeatSeconds);
    return run.waitingSince ? std::min(beat, *run.waitingSince + gatherFor) : beat;
}

/// How many rows the connection has changed since it was opened; none where it does not say so.
std::optional<qint64> changesOf(const Database& database) {
    const auto changes = database.value(QStringLiteral("SELECT total_changes()"));
    return changes ? std::optional(changes->toLongLong()) : std::nullopt;
}

/// What is being thrown, as an error: nothing may leave the thread.
StorageError brokenOff() {
    QString why = QStringLiteral("it threw something that is no exception");
    try {
        throw;
    } catch (const std::exception& e) {
        why = QLatin1String(e.what());
    } catch (...) {
    }
    return {StorageError::Kind::Internal,
            QStringLiteral("The change broke off: %1.").arg(why),
            {},
            QStringLiteral("Close other programs if memory is short, then try again.")};
}

template <class Work>
Outcome<void> attempted(Work&& work) {
    try {
        return work();
    } catch (...) {
        return refuse(brokenOff());
    }
}

} // namespace

Writer::Writer(OpenedFile file)
    : file_(std::move(file)) {}

Outcome<std::unique_ptr<Writer>> Writer::start(OpenedFile file) {
    std::unique_ptr<Writer> writer(new Writer(std::move(file)));
    std::promise<Outcome<void>> opened;
    auto outcome = opened.get_future();
    try {
        writer->thread_ = std::thread([self = writer.get(), opened = std::move(opened)]() mutable {
            std::optional<Database> database;
            auto ready = attempted([&]() -> Outcome<void> {
                auto made = Database::open(self->file_.path, Database::Mode::Write);
                if (!made) return refuse(made.error());
                database.emplace(std::move(*made));
                return {};
            });
            const bool going = ready.has_value();
            opened.set_value(std::move(ready));
            if (!going) return;
            self->loop(*database);
            (void)attempted([&]() -> Outcome<void> {
                self->close(database);
                return {};
            });
        });
    } catch (const std::system_error& e) {
        return refuse(
            StorageError::Kind::Internal,
            QStringLiteral("No thread could be started that writes: %1.").arg(QLatin1String(e.what())),
            writer->file_.path,
            QStringLiteral("End other programs, or raise the limit of processes (ulimit -u)."));
    }
    if (auto done = outcome.get(); !done) return refuse(done.error());
    return writer;
}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Writer::loop(Database& database) {
    std::unique_lock lock(mutex_);
    for (;;) {
        bool more = true;
        const auto done = attempted([&]() -> Outcome<void> {
            more = turn(lock, database);
            return {};
        });
        if (!lock.owns_lock()) lock.lock();
        if (!done) {
            for (const auto& run : runs_)
                run->fails(done.error());
            settled_.notify_all();
            more = !stopping_;
        }
        if (!more) return;
    }
}

bool Writer::turn(std::unique_lock<std::mutex>& lock, Database& database) {
    if (jobs_.empty() && !stopping_) {
        if (runs_.empty() && !unwanted_) {
            wake_.wait(lock);
        } else if (!unwanted_) {
            auto due = Clock::time_point::max();
            for (const auto& run : runs_)
                due = std::min(due, dueAt(*run));
            due = std::min(due, Clock::now() + watchEvery);
            if (due > Clock::now()) wake_.wait_until(lock, due);
        }
    }
    if (!runs_.empty()) watchPlace(lock, database);
    const bool last = stopping_;
    if (last && !stoppingSince_) stoppingSince_ = Clock::now();
    runJobs(lock, database);
    writeBacklogs(lock, database, last);
    if (std::exchange(unwanted_, false)) {
        // No less than may have been replaced meanwhile: else the file would fill with what waits to be
        // deleted.
        const qint64 bytes = CheckpointWriter::sliceBytes * std::max<qint64>(1, std::ssize(runs_));
        lock.unlock();
        const bool more = dropSome(database, bytes);
        lock.lock();
        unwanted_ = unwanted_ || more;
    }
    // What cannot be deleted in a moment is, when the notebook is opened next.
    const bool hurried = last && Clock::now() - *stoppingSince_ > tidyFor;
    return !last || !jobs_.empty() || (unwanted_ && !hurried);
}

void Writer::runJobs(std::unique_lock<std::mutex>& lock, Database& database) {
    // Only those that are here now, so that a stream of jobs cannot starve the runs.
    for (std::size_t count = jobs_.size(); count > 0; --count) {
        const auto ticket = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        auto result = ticket->plain ? attempted([&] { return ticket->job(database); })
                                    : inTransaction(database, ticket->bytes, ticket->job);
        lock.lock();
        ticket->result = std::move(result);
        ticket->done = true;
        settled_.notify_all();
    }
}

void Writer::writeBacklogs(std::unique_lock<std::mutex>& lock, Database& database, bool all) {
    const auto now = Clock::now();
    const auto runs = runs_; // the list may change while the lock is open
    for (const auto& run : runs)
        if (all || dueAt(*run) <= now) writeBacklog(lock, database, *run);
}

void Writer::writeBacklog(std::unique_lock<std::mutex>& lock, Database& database, RunBacklog& run) {
    const qint64 told = run.told;
    if (!run.inHand.isEmpty()) run.putBack(); // the last attempt broke off
    run.waitingSince.reset();
    run.urgent = false;
    // Between two slices of weights there may be nothing else to write.
    const bool beats = Clock::now() - run.beatAt > std::chrono::seconds(heartbeatSeconds / 2);
    auto done = run.pending.isEmpty() && run.hasWeightsToWrite() && !beats ? Outcome<void>()
                                                                           : writeRows(lock, database, run);
    if (done) run.rowsCommitted = told;
    if (done && run.mayWriteWeights(run.rowsCommitted)) done = writeWeights(lock, database, run);
    // Nothing follows any more, or it cannot be written: these are worth more than their order then.
    if (run.unseen && (!done || (run.end && !run.hasWeightsToWrite())))
        if (auto shown = showUnseen(lock, database, run); done) done = shown;
    if (done && run.end && run.pending.isEmpty() && !run.holdsWeights()) {
        const RunEnd end = *run.end;
        lock.unlock();
        done = attempted([&] { return lookOver(database, run); });
        if (done)
            done = inTransaction(database, smallTransaction,
                                 [&](Database& connection) { return writeEnd(connection, run.id, end); });
        lock.lock();
        if (done) run.end.reset();
    }
    run.committed = std::max(run.committed, run.committedUpTo(run.rowsCommitted));
    if (done) {
        run.error.reset();
        run.retryAt.reset();
    } else {
        run.fails(done.error(), told);
    }
    settled_.notify_all();
}

Outcome<void> Writer::writeRows(std::unique_lock<std::mutex>& lock, Database& database, RunBacklog& run) {
    run.inHand = std::exchange(run.pending, {});
    const RunBacklog::Pending pending = run.inHand;
    const double seconds = run.seconds();
    lock.unlock();
    auto done = inTransaction(database, smallTransaction + bytesOf(pending), [&](Database& connection) {
        return writePending(connection, run, pending, seconds);
    });
    if (done) {
        run.curve.keep();
        run.committedSteps += pending.steps.steps();
    } else {
        run.curve.forget();
    }
    lock.lock();
    run.beatAt = Clock::now();
    if (done)
        run.keepInHand();
    else
        run.putBack();
    return done;
}

Outcome<void> Writer::writeWeights(std::unique_lock<std::mutex>& lock, Database& database, RunBacklog& run) {
    if (!run.writing) {
        run.writing = std::move(run.checkpoints.front());
        run.checkpoints.pop_front();
    }
    const auto writing = run.writing, unseen = run.unseen; // the others only ask whether they are there
    const CheckpointKind kind = writing->writer.data().info.kind;
    lock.unlock();
    // Where a set of weights more finds no room, and where none would be replaced yet, they are shown at
    // once.
    const bool waits = kind == CheckpointKind::Best && writing->writer.data().lastFollows && run.hasBest() &&
                       roomFor(file_.path, 5 * writing->writer.bytes() + 2 * checkpointBytes);
    CheckpointWriter& weights = writing->writer;
    const qint64 bytes = weights.nextSliceBytes() + smallTransaction;
    bool whole = false;
    Outcome<void> done = roomFor(file_.path, bytes);
    if (done)
        done = inTransaction(database, bytes, [&](Database& connection) -> Outcome<void> {
            auto written = weights.writeSlice(connection);
            if (!written) return refuse(written.error());
            whole = *written;
            if (!whole) return {};
            if (unseen && kind == CheckpointKind::Best)
                if (auto dropped = unseen->writer.drop(connection); !dropped) return dropped;
            if (waits) return {};
            if (unseen && kind == CheckpointKind::Last)
                if (auto shown = unseen->writer.show(connection);
                    !shown && shown.error().kind != StorageError::Kind::NotFound) // deleted: told at the end
                    return shown;
            return weights.show(connection);
        });
    if (done) {
        weights.keep();
        if (whole && unseen && kind == CheckpointKind::Last) run.keepWeights(unseen->writer);
        if (whole && !waits) run.keepWeights(weights);
    } else {
        weights.forget();
    }
    lock.lock();
    if (whole && done) {
        if (isSingle(kind)) run.unseen = waits ? run.writing : nullptr;
        run.writing.reset();
        unwanted_ = true;
    } else if (!weights.begun()) {
        // A newer one may still take its place.
        run.checkpoints.push_front(std::exchange(run.writing, {}));
    }
    return done;
}

Outcome<void> Writer::showUnseen(std::unique_lock<std::mutex>& lock, Database& database, RunBacklog& run) {
    const auto unseen = run.unseen;
    lock.unlock();
    auto done = inTransaction(database, smallTransaction,
                              [&](Database& connection) { return unseen->writer.show(connection); });
    if (done) run.keepWeights(unseen->writer);
    lock.lock();
    if (!done) return done;
    run.unseen.reset();
    unwanted_ = true;
    return done;
}

bool Writer::dropSome(Database& database, qint64 bytes) {
    bool nothingLeft = true;
    auto done = inTransaction(database, smallTransaction, [&](Database& connection) -> Outcome<void> {
        auto dropped = dropUnwanted(connection, bytes);
        if (!dropped) return refuse(dropped.error());
        nothingLeft = *dropped;
        return {};
    });
    return done && !nothingLeft; // what could not be deleted now is, when the notebook is opened next
}

Outcome<void> Writer::inTransaction(Database& database, qint64 bytes, const Job& job) {
    return attempted([&]() -> Outcome<void> { return transact(database, bytes, job); });
}

Outcome<void> Writer::transact(Database& database, qint64 bytes, const Job& job) {
    if (auto there = stayInPlace(database); !there) return there;
    auto held = file_.lock.acquire(FileLock::Kind::Exclusive);
    if (!held) return refuse(held.error());
    if (auto own = stayOwn(database); !own) return own;
    // On a small disk the log itself would take the room. Asking takes longer than a small transaction.
    if (const auto now = Clock::now(); now - tightAskedAt_ > watchEvery) {
        tightAskedAt_ = now;
        tight_ = freeBytes(file_.path) < 4 * checkpointBytes;
    }
    const bool full = bytesInLog_ + bytes >= checkpointBytes || tight_;
    // A connection counts from what it has last read of the first page: see FileMark.
    if (full) (void)database.run(QStringLiteral("PRAGMA shrink_memory"));
    FileHistory history = history_;
    bool counted = false, forgotten = false;
    {
        auto transaction = Transaction::begin(database);
        if (!transaction) return refuse(transaction.error());
        const auto anew = stayCurrent(database);
        if (!anew) return refuse(anew.error());
        forgotten = *anew;
        const auto before = changesOf(database);
        if (auto done = job(database); !done) return done;
        const auto after = changesOf(database);
        counted = forgotten || !before || !after || *before != *after;
        if (counted)
            if (auto done = history.count(database, self_); !done) return done;
        // Writes the first page, and with it the counter.
        if (full)
            if (auto done = database.run(
                    QStringLiteral("PRAGMA user_version = %1").arg(notebookFormat().newestVersion()));
                !done)
                return done;
        if (auto done = transaction->commit(); !done) return done;
    }
    logInode_ = inodeOf(file_.path + QStringLiteral("-wal"));
    bytesInLog_ += bytes;
    if (counted) { // with what others had committed before; else that is still to be learnt
        history_ = std::move(history);
        seenVersion_ = dataVersion(database);
    }
    mark_.takeLog(file_.lock);
    if (forgotten) {
        const std::lock_guard lock(mutex_);
        file_.notices << historyMade(file_.path, notebookFormat());
    }
    if (full) {
        bytesInLog_ = 0;
        // What is committed is not told as failed because the file cannot be looked at just now.
        if (stayOwn(database)) {
            moveLog(database);
            (void)stayOwn(database);
        }
        if (place_ != Place::Own) return refuse(displacement());
    }
    return {};
}

} // namespace burdock::storage
