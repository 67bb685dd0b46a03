#include "engine/tensor/address_space.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#ifdef __unix__
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#endif

namespace burdock {

#ifdef __unix__

bool canReserve(std::int64_t bytes) {
    // In pieces, as the libraries ask for them: Linux refuses a single one beyond the machine's memory,
    // though most of what is reserved is never touched.
    constexpr std::int64_t piece = std::int64_t{1} << 28;
    std::vector<std::pair<void*, std::size_t>> held;
    bool all = true;
    for (std::int64_t left = bytes; left > 0 && all; left -= piece) {
        const auto size = static_cast<std::size_t>(std::min(left, piece));
        void* const there = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        all = there != MAP_FAILED;
        if (all) held.emplace_back(there, size);
    }
    for (const auto& [there, size] : held)
        munmap(there, size);
    return all;
}

std::int64_t stackBytes(std::int64_t threads) {
    pthread_attr_t attributes;
    std::size_t stack = 8 << 20;
    if (pthread_attr_init(&attributes) == 0) {
        pthread_attr_getstacksize(&attributes, &stack);
        pthread_attr_destroy(&attributes);
    }
    return threads * static_cast<std::int64_t>(stack);
}

std::string reserveLimits() {
    const auto limit = [](auto resource) -> rlim_t {
        rlimit of{};
        return getrlimit(resource, &of) == 0 ? of.rlim_cur : RLIM_INFINITY;
    };
    const auto text = [](rlim_t bytes) { return std::to_string(bytes / 1'000'000) + " MB"; };
    const rlim_t addresses = limit(RLIMIT_AS), data = limit(RLIMIT_DATA);
    if (addresses != RLIM_INFINITY && addresses <= data)
        return "The address space is limited to " + text(addresses) + " (ulimit -v).";
    if (data != RLIM_INFINITY) return "Data are limited to " + text(data) + " (ulimit -d).";
    return "The system promises no more than it has.";
}

#else

bool canReserve(std::int64_t) {
    return true;
}
std::int64_t stackBytes(std::int64_t) {
    return 0;
}
std::string reserveLimits() {
    return {};
}

#endif

std::int64_t libraryBytes(std::int64_t kernels, std::int64_t threads) {
    constexpr std::int64_t mebi = 1 << 20;
    // OpenBLAS's buffer for whoever calls it. oneDNN's code, 256 KiB a piece: some 150 pieces of its matrix
    // product, and what forward and both backward passes of a kernel take.
    constexpr std::int64_t product = 128 * mebi, code = 64 * mebi, codeOfKernel = mebi;
    constexpr std::int64_t ourThreads = 4; // that load, train and write
    return product + code + codeOfKernel * kernels + stackBytes(threads + ourThreads);
}

} // namespace burdock
