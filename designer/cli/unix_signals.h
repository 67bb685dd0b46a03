#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace burdock::cli {

/// One request may come twice at once: timeout(1) signals its child and then the child's whole group.
inline constexpr std::chrono::milliseconds sameRequest{300};

/// Turns the first Ctrl+C (or SIGTERM) into a call on the event loop's thread; another one, later than
/// sameRequest, kills.
class StopSignal {
  public:
    explicit StopSignal(std::function<void()> onStop);
    ~StopSignal();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock::cli
