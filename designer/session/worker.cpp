#include "session/worker.h"

#include "engine/tensor/team_placement.h"
#include "session/background.h"

#include <system_error>

namespace burdock {
namespace {

/// `act()`; what it throws, if it throws.
std::optional<Breakdown> attempt(const std::function<void()>& act) {
    std::optional<Breakdown> broken;
    const auto explain = [&broken](const Breakdown& b) {
        broken = b;
        return Diagnostic();
    };
    (void)guarded(explain, [&act]() -> Status {
        act();
        return {};
    });
    return broken;
}

} // namespace

Diagnostic brokenAnswer(const Breakdown& broken, std::type_identity<Diagnostic>) {
    return brokenOff("Burdock")(broken);
}

storage::StorageError brokenAnswer(const Breakdown& broken, std::type_identity<storage::StorageError>) {
    const Diagnostic d = brokenAnswer(broken, std::type_identity<Diagnostic>());
    return {storage::StorageError::Kind::Internal, QString::fromStdString(d.what + " " + d.why),
            QObject::tr("Notebook"), QString::fromStdString(d.mend)};
}

Worker::Worker(AtEnd atEnd)
    : atEnd_(atEnd) {}

Worker::~Worker() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        if (atEnd_ == AtEnd::Drop) jobs_.clear();
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Worker::push(Job job) {
    std::unique_lock lock(mutex_);
    if (!thread_.joinable()) {
        try {
            const UnplacedScope unplaced; // a run's thread may push
            thread_ = std::thread([this] { loop(); });
        } catch (const std::system_error& e) {
            lock.unlock();
            job.broken({false, std::string("No thread could be started: ") + e.what() + "."});
            return;
        }
    }
    jobs_.push_back(std::move(job));
    lock.unlock();
    changed_.notify_one();
}

void Worker::flush() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return jobs_.empty() && !busy_; });
}

void Worker::loop() {
    lowerThreadPriority();
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        {
            const Job job = std::move(jobs_.front());
            jobs_.pop_front();
            busy_ = true;
            lock.unlock();
            if (const auto broken = attempt(job.act)) job.broken(*broken);
        }
        lock.lock();
        busy_ = false;
        if (jobs_.empty()) idle_.notify_all();
    }
}

} // namespace burdock
