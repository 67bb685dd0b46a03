#pragma once

#include <cstdint>
#include <omp.h>

namespace burdock {

/// How many threads pay for passes of this many multiply-adds, where the user leaves the choice (0): the
/// parts of a tiny network are done before a second thread has heard of them.
inline std::int64_t usefulThreads(std::int64_t asked, std::int64_t macs) {
    constexpr std::int64_t worthSharing = 1 << 20;
    if (asked > 0) return asked;
    return macs < worthSharing ? 1 : omp_get_num_procs();
}

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
