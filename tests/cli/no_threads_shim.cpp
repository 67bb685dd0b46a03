// Preloaded, it lets a program have as many threads beside its first as BURDOCK_THREADS says, and no more, as
// a limit of processes (ulimit -u) does to all but root.
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <dlfcn.h>
#include <memory>
#include <pthread.h>

namespace {

std::atomic<int> going = 0;

struct Work {
    void* (*start)(void*);
    void* argument;
};

void* countedOut(void* given) {
    const std::unique_ptr<Work> work(static_cast<Work*>(given));
    void* const result = work->start(work->argument);
    --going;
    return result;
}

} // namespace

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                              void* argument) {
    static const auto real = reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
    static const char* const limit = std::getenv("BURDOCK_THREADS");
    static const int most = limit ? std::atoi(limit) : 0;
    if (++going > most) {
        --going;
        return EAGAIN;
    }
    auto work = std::make_unique<Work>(Work{start, argument});
    const int failed = real(thread, attributes, countedOut, work.get());
    if (failed)
        --going;
    else
        (void)work.release();
    return failed;
}
