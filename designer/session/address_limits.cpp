#include "session/thread_policy.h"

#ifdef __linux__
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace burdock {

#ifdef __linux__

namespace {

bool isLimited(rlimit limit) {
    return limit.rlim_cur != RLIM_INFINITY;
}

// Runs before any library has been set up, the sanitizers' among them: system calls, and no more.
#define BURDOCK_BEFORE_ALL __attribute__((no_sanitize("address", "thread", "undefined"), no_stack_protector))

/// What `name=` is set to in the environment, or 0.
BURDOCK_BEFORE_ALL long numberOf(char** environment, const char* name) {
    for (; *environment; ++environment) {
        const char* of = *environment;
        const char* is = name;
        while (*is && *is == *of) {
            ++is;
            ++of;
        }
        if (*is || *of++ != '=') continue;
        long number = 0;
        while (*of >= '0' && *of <= '9' && number < 100000)
            number = 10 * number + (*of++ - '0');
        return number;
    }
    return 0;
}

/// Whether OpenBLAS can have what it maps as it is loaded, a buffer a thread and the threads' stacks, and the
/// program a little more.
BURDOCK_BEFORE_ALL bool canLoad(char** environment) {
    constexpr std::size_t buffer = (128 + 8) << 20, more = 64 << 20;
    constexpr long mostThreads = 128;
    cpu_set_t processors;
    long threads = sched_getaffinity(0, sizeof processors, &processors) == 0 ? CPU_COUNT(&processors) : 1;
    for (const char* name : {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"})
        if (const long set = numberOf(environment, name); set > 0 && set < threads) threads = set;
    if (threads > mostThreads) threads = mostThreads;
    void* had[mostThreads + 1];
    long count = 0;
    bool all = true;
    for (long i = 0; i <= threads && all; ++i) {
        void* const there = mmap(nullptr, i < threads ? buffer : more, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        all = there != MAP_FAILED;
        if (all) had[count++] = there;
    }
    for (long i = 0; i < count; ++i)
        munmap(had[i], i < threads ? buffer : more);
    return all;
}

template <std::size_t size>
BURDOCK_BEFORE_ALL void endWith(const char (&words)[size]) {
    if (write(STDERR_FILENO, words, size - 1) < 0) _exit(1);
    _exit(1);
}

/// The program's help is told within a small stack, too: it ends before there are threads that need one.
BURDOCK_BEFORE_ALL bool asksForHelp(int count, char** arguments) {
    for (int i = 1; i < count; ++i)
        for (const char* help : {"--help", "-h"}) {
            const char* at = arguments[i];
            while (*help && *help == *at) {
                ++help;
                ++at;
            }
            if (*help == *at) return true;
        }
    return false;
}

BURDOCK_BEFORE_ALL void refuseWhatCannotLoad(int count, char** arguments, char** environment) {
    constexpr rlim_t leastStack = 512 << 10; // threads have as much as this one
    constexpr rlim_t leastForHelp = 64 << 10;
    rlimit stack{};
    if (getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur < leastStack &&
        (stack.rlim_cur < leastForHelp || !asksForHelp(count, arguments)))
        endWith("burdock: The limit of the stack leaves too little to begin with. Raise it to 512 kB "
                "(ulimit -s 512) or more.\n");
    if (!canLoad(environment))
        endWith("burdock: The limit of memory (ulimit -v, ulimit -d) leaves too little to begin with. Raise "
                "it, or set OMP_NUM_THREADS=1.\n");
}

// The program's own, before the set-up of every library.
__attribute__((section(".preinit_array"), used)) void (*const beforeAll)(int, char**,
                                                                         char**) = refuseWhatCannotLoad;

} // namespace

void liveWithinAddressLimits() {
#ifdef __GLIBC__
    rlimit addresses{}, data{};
    if (getrlimit(RLIMIT_AS, &addresses) == 0 && getrlimit(RLIMIT_DATA, &data) == 0 &&
        (isLimited(addresses) || isLimited(data)))
        mallopt(M_ARENA_MAX, 1);
#endif
}

#else

void liveWithinAddressLimits() {}

#endif

} // namespace burdock
