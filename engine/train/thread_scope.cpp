#include "engine/train/thread_scope.h"

#include "engine/tensor/address_space.h"

#include <algorithm>
#include <latch>
#include <omp.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#ifdef __SSE2__
#include <xmmintrin.h>
#endif

namespace burdock {
namespace {

#ifdef __SSE2__
constexpr unsigned flushBits = 0x8040; // results to zero, and operands taken as zero
#endif

bool flushing() {
#ifdef __SSE2__
    return (_mm_getcsr() & flushBits) == flushBits;
#else
    return false;
#endif
}

/// Numbers below 1.2e-38 count as 0, on every thread: an optimizer's averages of gradients that have become
/// zero fade through them, and each costs a hundred times a normal one.
void flushTiny([[maybe_unused]] bool on) {
#ifdef __SSE2__
#pragma omp parallel
    _mm_setcsr(on ? _mm_getcsr() | flushBits : _mm_getcsr() & ~flushBits);
#endif
}

thread_local std::int64_t share = 0; ///< 0: all processors

/// As many of `wanted` threads as the system lets this one have: OpenMP ends the program where it cannot
/// start one, and it keeps those that it has started, a team for each thread that asks.
std::int64_t startable(std::int64_t wanted) {
    thread_local std::int64_t known = 1;
    if (wanted <= known) return wanted;
    std::latch end(1);
    std::vector<std::thread> started;
    started.reserve(static_cast<std::size_t>(wanted - 1));
    try {
        while (std::ssize(started) < wanted - 1)
            started.emplace_back([&end] { end.wait(); });
    } catch (const std::exception&) { // the limit of processes, or of memory
    }
    end.count_down();
    for (std::thread& thread : started)
        thread.join();
    known = std::max<std::int64_t>(known, 1 + std::ssize(started)); // a team that is there stays
    return std::min(wanted, known);
}

} // namespace

std::int64_t usefulThreads(std::int64_t asked, std::int64_t macs) {
    constexpr std::int64_t worthSharing = 1 << 20;
    const std::int64_t most = share > 0 ? share : omp_get_num_procs();
    if (asked > 0) return startable(share > 0 ? std::min(asked, most) : asked);
    return macs < worthSharing ? 1 : startable(most);
}

ThreadShare::ThreadShare(std::int64_t most)
    : before_(share) {
    share = most;
}

ThreadShare::~ThreadShare() {
    share = before_;
}

ThreadScope::ThreadScope(std::int64_t threads)
    : flushed_(flushing())
    , before_(omp_get_max_threads()) {
    if (!canReserve(stackBytes(threads))) // libgomp would end the program
        throw std::runtime_error("There is no memory for the stacks of " + std::to_string(threads) +
                                 " threads");
    omp_set_num_threads(static_cast<int>(threads));
    flushTiny(true);
}

ThreadScope::~ThreadScope() {
    flushTiny(flushed_);
    omp_set_num_threads(before_);
}

} // namespace burdock
