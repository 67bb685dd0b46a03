#pragma once

#include <functional>
#include <stdexcept>

namespace burdock {

/// While it lives, what the calling thread reads is broken off soon after nobody wants it any more.
class ReadingScope {
  public:
    explicit ReadingScope(std::function<bool()> isUnwanted);
    ~ReadingScope();
    ReadingScope(const ReadingScope&) = delete;
    ReadingScope& operator=(const ReadingScope&) = delete;

    /// What the calling thread's scope asks; null where it has none. For the threads that a reader starts,
    /// each of which makes a scope of its own of it.
    static std::function<bool()> asked();

  private:
    std::function<bool()> before_;
};

/// Thrown by continueReading(), through the reader.
struct ReadingBrokenOff : std::runtime_error {
    ReadingBrokenOff()
        : std::runtime_error("Nobody wants the data any more") {}
};

/// To be called by readers of data at every block, row or picture: throws where nobody wants the data any
/// more.
void continueReading();

} // namespace burdock
