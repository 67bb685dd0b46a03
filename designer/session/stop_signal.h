#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace burdock {

/// One request may come twice at once: timeout(1) signals its child and then the child's whole group.
inline constexpr std::chrono::milliseconds sameRequest{300};

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
