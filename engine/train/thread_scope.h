#pragma once

#include <cstdint>

namespace burdock {

/// How many threads pay for passes of this many multiply-adds, where the user leaves the choice (0): the
/// parts of a tiny network are done before a second thread has heard of them. Never more than ThreadShare
/// allows, nor than the system lets the calling thread start.
std::int64_t usefulThreads(std::int64_t asked, std::int64_t macs);

/// The most threads that passes begun on the calling thread may use, while in scope: where several runs are
/// trained at once, each keeps to its share of the processors.
class ThreadShare {
  public:
    explicit ThreadShare(std::int64_t most);
    ~ThreadShare();
    ThreadShare(const ThreadShare&) = delete;
    ThreadShare& operator=(const ThreadShare&) = delete;

  private:
    std::int64_t before_;
};

/// The number of OpenMP threads that the calling thread uses, and their arithmetic, while in scope. oneDNN
/// chooses kernels by it, so it must be the same when a plan is made and when it runs.
class ThreadScope {
  public:
    explicit ThreadScope(std::int64_t threads);
    ~ThreadScope();
    ThreadScope(const ThreadScope&) = delete;
    ThreadScope& operator=(const ThreadScope&) = delete;

  private:
    bool flushed_;
    int before_;
};

} // namespace burdock
