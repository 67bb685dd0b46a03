#pragma once

#include <QObject>
#include <QPointer>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace burdock {

/// One thread of low priority that does jobs in turn and hands their results to the window's thread.
class Worker {
  public:
    Worker();
    /// Waits for the job that is being done; the others are dropped.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void post(std::function<void()> job);
    /// Does `work` on the worker's thread, then calls `done` with its result on the context's thread,
    /// unless the context is gone by then. `context` must live on the thread that calls this.
    template <class Work, class Done>
    void post(QObject* context, Work work, Done done) {
        post([this, guard = QPointer<QObject>(context), work = std::move(work),
              done = std::move(done)]() mutable {
            auto result = work();
            QMetaObject::invokeMethod(
                &receiver_,
                [guard, result = std::move(result), done = std::move(done)]() mutable {
                    if (guard) done(std::move(result));
                },
                Qt::QueuedConnection);
        });
    }

  private:
    void loop();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> jobs_;
    bool ending_ = false;
    QObject receiver_; ///< of results, on the thread that made the worker
    std::thread thread_;
};

} // namespace burdock
