#pragma once

#include "session/diagnostics.h"

#include <QObject>
#include <QPointer>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <type_traits>

namespace burdock {

/// What is answered for work that broke off, or for which there is no thread, in the error's type.
Diagnostic brokenAnswer(const Breakdown& broken, std::type_identity<Diagnostic>);
storage::StorageError brokenAnswer(const Breakdown& broken, std::type_identity<storage::StorageError>);

/// One thread of low priority that does jobs in turn and hands their results to the window's thread. It is
/// started with the first job. Nothing that a job throws leaves it.
class Worker {
  public:
    /// At the end the jobs that have not begun are dropped, or done as well.
    enum class AtEnd { Drop, Finish };
    explicit Worker(AtEnd atEnd = AtEnd::Drop);
    /// Waits for the job that is being done, or for all.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Does `work` on the worker's thread, then calls `done` with its result on the context's thread,
    /// unless the context is gone by then. `context` must live on the thread that calls this. The result is
    /// a Result or an Outcome: what is thrown becomes its error.
    template <class Work, class Done>
    void post(QObject* context, Work work, Done done) {
        using Answer = std::invoke_result_t<Work&>;
        using Error = typename Answer::error_type;
        const QPointer<QObject> guard(context);
        auto shared = std::make_shared<Done>(std::move(done));
        const auto answer = [this, guard, shared](Answer result) {
            QMetaObject::invokeMethod(
                &receiver_,
                [guard, shared, result = std::move(result)]() mutable {
                    if (guard) (*shared)(std::move(result));
                },
                Qt::QueuedConnection);
        };
        const auto broken = [answer](const Breakdown& b) {
            answer(Answer(tl::unexpect, brokenAnswer(b, std::type_identity<Error>())));
        };
        push({[answer, work = std::make_shared<Work>(std::move(work))] { answer((*work)()); }, broken});
    }
    /// Waits until all jobs are done that were given before. Their answers are still to come.
    void flush();

  private:
    struct Job {
        std::function<void()> act;
        std::function<void(const Breakdown&)> broken;
    };
    void push(Job job);
    void loop();

    const AtEnd atEnd_;
    std::mutex mutex_;
    std::condition_variable changed_, idle_;
    std::deque<Job> jobs_;
    bool ending_ = false, busy_ = false;
    QObject receiver_; ///< of results, on the thread that made the worker
    std::thread thread_;
};

} // namespace burdock
