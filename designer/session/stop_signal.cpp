#include "session/stop_signal.h"

#include <QSocketNotifier>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

namespace burdock {
namespace {

// Handlers may run on several threads at once, and only lock-free atomics are allowed in them.
std::atomic<int> writeEnd = -1;
std::atomic<std::int64_t> requested = 0; ///< when the first request came; 0: none has
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free);

/// Milliseconds of a clock that only goes forward; 0 is no time.
std::int64_t now() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000 + 1;
}

// Only async-signal-safe calls are allowed here: the notifier on the other end does the work.
void onSignal(int number) {
    const int before = errno; // belongs to what was interrupted
    const std::int64_t time = now();
    std::int64_t first = 0;
    if (requested.compare_exchange_strong(first, time)) {
        const char byte = 1;
        [[maybe_unused]] const auto written = write(writeEnd, &byte, 1);
    } else if (time - first > sameRequest.count()) {
        std::signal(number, SIG_DFL);
        raise(number);
    }
    errno = before;
}

constexpr int ends[] = {SIGINT, SIGTERM, SIGHUP};

bool isIgnored(int number) {
    struct sigaction now {};
    return sigaction(number, nullptr, &now) == 0 && !(now.sa_flags & SA_SIGINFO) && now.sa_handler == SIG_IGN;
}

sigset_t endSignals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : ends)
        sigaddset(&set, number);
    return set;
}

void unblock() {
    const sigset_t set = endSignals();
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

/// The one thread that signals interrupt: by a handler while there is a StopSignal, else the program is
/// ended.
void* takeSignals(void*) {
    unblock();
    for (;;)
        pause();
}

} // namespace

void confineStopSignals() {
    const sigset_t set = endSignals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    pthread_atfork(nullptr, nullptr, unblock); // what a library of the desktop starts can be stopped as ever
    pthread_t thread{};
    if (pthread_create(&thread, nullptr, takeSignals, nullptr) == 0)
        pthread_detach(thread);
    else // no more threads are allowed: then nothing computes beside this one
        unblock();
}

struct StopSignal::Impl {
    int pair[2] = {-1, -1};
    bool quiet = true; ///< broken pipes were ignored before, or still are not
    std::unique_ptr<QSocketNotifier> notifier;
};

StopSignal::StopSignal(std::function<void()> onStop)
    : impl_(std::make_unique<Impl>()) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, impl_->pair) != 0) return; // Ctrl+C kills, as it does elsewhere
    writeEnd = impl_->pair[0];
    impl_->notifier = std::make_unique<QSocketNotifier>(impl_->pair[1], QSocketNotifier::Read);
    QObject::connect(impl_->notifier.get(), &QSocketNotifier::activated,
                     [end = impl_->pair[1], onStop = std::move(onStop)] {
                         char byte = 0;
                         if (read(end, &byte, 1) == 1) onStop();
                     });
    requested = 0;
    for (const int number : ends)
        if (!isIgnored(number)) std::signal(number, onSignal);
    impl_->quiet = isIgnored(SIGPIPE);
    if (!impl_->quiet) std::signal(SIGPIPE, SIG_IGN);
}

StopSignal::~StopSignal() {
    // A program that was stopped is ending: the request's second signal may still be on its way.
    if (requested == 0)
        for (const int number : ends)
            if (!isIgnored(number)) std::signal(number, SIG_DFL);
    if (!impl_->quiet) std::signal(SIGPIPE, SIG_DFL);
    writeEnd = -1;
    // The pair stays open: a handler may just have read its number, which must not be another file's by now.
    impl_->notifier.reset();
}

} // namespace burdock
