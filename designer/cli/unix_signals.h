#pragma once

#include <functional>
#include <memory>

namespace burdock::cli {

/// Turns the first Ctrl+C (or SIGTERM) into a call on the event loop's thread; another one, a moment
/// later, kills.
class StopSignal {
  public:
    explicit StopSignal(std::function<void()> onStop);
    ~StopSignal();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock::cli
