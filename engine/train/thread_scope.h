#pragma once

#include <cstdint>
#include <omp.h>

namespace burdock {

/// The number of OpenMP threads that the calling thread uses, while in scope. oneDNN chooses kernels by it,
/// so it must be the same when a plan is made and when it runs.
class ThreadScope {
  public:
    explicit ThreadScope(std::int64_t threads)
        : before_(omp_get_max_threads()) {
        omp_set_num_threads(threads > 0 ? static_cast<int>(threads) : omp_get_num_procs());
    }
    ~ThreadScope() { omp_set_num_threads(before_); }
    ThreadScope(const ThreadScope&) = delete;
    ThreadScope& operator=(const ThreadScope&) = delete;

  private:
    int before_;
};

} // namespace burdock
