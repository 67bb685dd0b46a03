#include "storage/notebook/rest.h"
#include "storage/notebook/run_check.h"
#include "storage/notebook/writer.h"

// What the other threads ask of the writer's: they only leave it work, and wait.

namespace burdock::storage {

Outcome<void> Writer::perform(Job job, qint64 bytes) {
    const auto ticket = std::make_shared<Ticket>();
    ticket->job = std::move(job);
    ticket->bytes = bytes;
    return run(ticket);
}

Outcome<void> Writer::performDurably(Job job) {
    const auto ticket = std::make_shared<Ticket>();
    ticket->plain = true;
    ticket->job = [&](Database& database) -> Outcome<void> {
        // The log is synced with the commit. Within a transaction the pragma does nothing.
        if (auto set = database.run(QStringLiteral("PRAGMA synchronous = FULL")); !set) return set;
        auto done = inTransaction(database, smallTransaction, job);
        (void)database.run(QStringLiteral("PRAGMA synchronous = NORMAL"));
        return done;
    };
    return run(ticket);
}

Outcome<QString> Writer::keepRest(RunBacklog& run) {
    QString kept;
    const auto ticket = std::make_shared<Ticket>();
    ticket->plain = true;
    ticket->job = [&](Database& database) -> Outcome<void> {
        std::unique_lock lock(mutex_);
        if (!run.inHand.isEmpty()) run.putBack();
        const RunBacklog::Known known = run.known();
        lock.unlock(); // the weights may be gigabytes, and others ask meanwhile
        // What another program has deleted or changed meanwhile must not be lost with the copy: it is known
        // here. What just cannot be read is neither.
        bool spoilt = isOverwritten();
        if (!spoilt) {
            const auto sound = checkRows(database, run);
            spoilt = !sound && sound.error().kind == StorageError::Kind::Damaged;
        }
        auto written = writeRest(database, known,
                                 spoilt                   ? NotebookState::Spoilt
                                 : place_ == Place::Moved ? NotebookState::Gone
                                                          : NotebookState::There);
        if (!written) return refuse(written.error());
        lock.lock();
        kept = *written;
        run.pending = {};
        run.checkpoints.clear();
        run.writing.reset();
        run.unseen.reset();
        run.end.reset();
        run.committed = run.told;
        // No heartbeat comes after the rest's, by which it is known whether the notebook has gone on.
        std::erase_if(runs_, [&](const auto& other) { return other.get() == &run; });
        return {};
    };
    if (auto done = this->run(ticket); !done) return refuse(done.error());
    return kept;
}

Outcome<void> Writer::run(const std::shared_ptr<Ticket>& ticket) {
    std::unique_lock lock(mutex_);
    jobs_.push_back(ticket);
    wake_.notify_one();
    settled_.wait(lock, [&] { return ticket->done; });
    return ticket->result;
}

Outcome<void> Writer::flush() {
    // An empty job ends after all those before it.
    Outcome<void> result = perform([](Database&) { return Outcome<void>(); });
    std::unique_lock lock(mutex_);
    const auto runs = runs_;
    lock.unlock();
    for (const auto& run : runs)
        if (auto done = drain(*run); !done && result) result = done;
    return result;
}

QVector<StorageError> Writer::takeNotices() {
    const std::lock_guard lock(mutex_);
    return std::exchange(file_.notices, {});
}

void Writer::attach(const std::shared_ptr<RunBacklog>& run) {
    const std::lock_guard lock(mutex_);
    runs_.push_back(run);
    wake_.notify_one();
}

void Writer::detach(const std::shared_ptr<RunBacklog>& run) {
    const std::lock_guard lock(mutex_);
    std::erase(runs_, run);
}

Outcome<void> Writer::drain(RunBacklog& run) {
    std::unique_lock lock(mutex_);
    const qint64 told = run.told;
    if (run.committed >= told) return {};
    run.failed = 0; // only an attempt from now on counts
    run.urgent = true;
    wake_.notify_one();
    settled_.wait(lock, [&] { return run.committed >= told || (run.failed >= told && run.error); });
    if (run.committed >= told) return {};
    return refuse(*run.error);
}

std::optional<StorageError> Writer::errorOf(const RunBacklog& run) {
    const std::lock_guard lock(mutex_);
    return run.misuse ? run.misuse : run.error;
}

void Writer::dropUnwantedLater() {
    const std::lock_guard lock(mutex_);
    unwanted_ = true;
    wake_.notify_one();
}

bool Writer::awaitWeights(RunBacklog& run) {
    std::unique_lock lock(mutex_);
    settled_.wait(lock, [&] { return !run.holdsWeights() || run.error; });
    return !run.holdsWeights();
}

bool Writer::supersede(RunBacklog& run, CheckpointKind kind) {
    const std::lock_guard lock(mutex_);
    run.supersede(kind);
    return !run.holdsWeights();
}

QVector<CheckpointInfo> Writer::takeSkipped(RunBacklog& run) {
    const std::lock_guard lock(mutex_);
    return std::exchange(run.skipped, {});
}

bool Writer::holdsWeights(const RunBacklog& run) {
    const std::lock_guard lock(mutex_);
    return run.holdsWeights();
}

} // namespace burdock::storage
