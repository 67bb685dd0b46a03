#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace burdock {

/// One request may come twice at once: timeout(1) signals its child and then the child's whole group.
inline constexpr std::chrono::milliseconds sameRequest{300};

/// Has one thread of its own take the requests to end, and no other: a handler runs on the stack of the
/// thread that it interrupts, which in generated code of a compute kernel may be no stack at all. To be
/// called before any thread is started, as they inherit this. What is forked does not.
void confineStopSignals();

/// Turns the first request to end, by Ctrl+C, SIGTERM or a terminal that is closed (SIGHUP), into a call on
/// the event loop's thread; another one, later than sameRequest, kills. What was ignored when the program
/// began (nohup) stays ignored. A pipe that nobody reads any more kills no program meanwhile: who writes into
/// it sees that.
class StopSignal {
  public:
    explicit StopSignal(std::function<void()> onStop);
    ~StopSignal();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
