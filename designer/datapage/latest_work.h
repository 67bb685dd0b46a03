#pragma once

#include "engine/data/reading.h"
#include "session/worker.h"

#include <atomic>

namespace burdock {

/// Work on a data set beside the window, of which only the last that was asked for counts: what is begun
/// before it is broken off as soon as it calls continueReading(), and never answered.
class LatestWork {
  public:
    ~LatestWork() { drop(); }

    /// Nobody wants the answers that are still to come.
    void drop() { ++wanted_; }
    /// Does `work`, which gives a Result, on a thread of its own; then calls `done` with it on this one.
    template <class Work, class Done>
    void start(QObject* context, Work work, Done done) {
        using Answer = std::invoke_result_t<Work&>;
        const int request = ++wanted_;
        worker_.post(
            context,
            [this, request, work = std::move(work)]() -> Answer {
                const ReadingScope scope([this, request] { return request != wanted_; });
                continueReading();
                return work();
            },
            [this, request, done = std::move(done)](Answer answer) {
                if (request == wanted_) done(std::move(answer));
            });
    }

  private:
    std::atomic<int> wanted_ = 0;
    Worker worker_; ///< last: it ends before what its jobs use
};

} // namespace burdock
