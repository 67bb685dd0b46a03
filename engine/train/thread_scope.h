#pragma once

#include <cstdint>
#include <omp.h>
#ifdef __SSE2__
#include <xmmintrin.h>
#endif

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
    explicit ThreadScope(std::int64_t threads)
        : before_(omp_get_max_threads()) {
        omp_set_num_threads(static_cast<int>(threads));
        flushTiny(true);
    }
    ~ThreadScope() {
        flushTiny(flushed_);
        omp_set_num_threads(before_);
    }
    ThreadScope(const ThreadScope&) = delete;
    ThreadScope& operator=(const ThreadScope&) = delete;

  private:
    /// Numbers below 1.2e-38 count as 0, on every thread: an optimizer's averages of gradients that have
    /// become zero fade through them, and each costs a hundred times a normal one.
    static void flushTiny([[maybe_unused]] bool on) {
#ifdef __SSE2__
#pragma omp parallel
        _mm_setcsr(on ? _mm_getcsr() | flushBits : _mm_getcsr() & ~flushBits);
#endif
    }
    static bool flushing() {
#ifdef __SSE2__
        return (_mm_getcsr() & flushBits) == flushBits;
#else
        return false;
#endif
    }

    static constexpr unsigned flushBits = 0x8040; ///< results to zero, and operands taken as zero
    bool flushed_ = flushing();
    int before_;
};

} // namespace burdock
