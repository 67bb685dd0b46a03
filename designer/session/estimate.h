#pragma once

#include "session/worker.h"

#include <QTimer>

#include <atomic>
#include <chrono>
#include <utility>

namespace burdock {

/// Something that is worked out beside the window whenever what it depends on has changed. Changes in a row
/// are one question, asked once they rest; what was asked before is dropped, or its answer is.
class Estimate : public QObject {
  public:
    /// `ask` is called on this thread when the changes have rested; it calls workOut() or giveUp().
    Estimate(std::chrono::milliseconds rest, std::function<void()> ask) {
        rest_.setSingleShot(true);
        rest_.setInterval(rest);
        connect(&rest_, &QTimer::timeout, this, std::move(ask));
    }

    /// What it depends on has changed.
    void outdate() {
        ++request_;
        open_ = true;
        rest_.start();
    }
    /// Does `work` on a thread of its own, then calls `done` with its Result, unless outdated by then.
    template <class Work, class Done>
    void workOut(Work work, Done done) {
        using Answer = std::invoke_result_t<Work&>;
        worker_.post(
            this,
            [this, request = request_.load(), work = std::move(work)]() -> Answer {
                if (request != request_) return refuse({}); // while it waited; nobody reads this
                return work();
            },
            [this, request = request_.load(), done = std::move(done)](Answer answer) {
                if (request != request_) return;
                open_ = false;
                done(std::move(answer));
            });
    }
    /// There is nothing to work out now.
    void giveUp() { open_ = false; }
    /// Outdated, and not answered yet.
    bool isOpen() const { return open_; }

  private:
    QTimer rest_;
    std::atomic<int> request_ = 0;
    bool open_ = false;
    Worker worker_; // last: it ends before what its jobs use
};

} // namespace burdock
