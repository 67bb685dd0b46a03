#include "unix_signals.h"

#include <QSocketNotifier>

#include <csignal>
#include <ctime>
#include <sys/socket.h>
#include <unistd.h>

namespace burdock::cli {
namespace {

int writeEnd = -1;

volatile std::sig_atomic_t lastSecond = 0;

/// Of a clock that only goes forward; 0 is no time.
std::sig_atomic_t secondNow() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::sig_atomic_t>(now.tv_sec & 0x3fffffff) + 1;
}

// Only async-signal-safe calls are allowed here: the notifier on the other end does the work.
void onSignal(int number) {
    // One request may come twice at once: timeout(1) signals its child and then the child's whole group.
    const std::sig_atomic_t now = secondNow();
    if (lastSecond != 0 && now - lastSecond > 1) {
        std::signal(number, SIG_DFL);
        raise(number);
        return;
    }
    if (lastSecond != 0) return;
    lastSecond = now;
    const char byte = 1;
    [[maybe_unused]] const auto written = write(writeEnd, &byte, 1);
}

} // namespace

struct StopSignal::Impl {
    int ends[2] = {-1, -1};
    std::unique_ptr<QSocketNotifier> notifier;
};

StopSignal::StopSignal(std::function<void()> onStop)
    : impl_(std::make_unique<Impl>()) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, impl_->ends) != 0) return; // Ctrl+C kills, as it does elsewhere
    writeEnd = impl_->ends[0];
    impl_->notifier = std::make_unique<QSocketNotifier>(impl_->ends[1], QSocketNotifier::Read);
    QObject::connect(impl_->notifier.get(), &QSocketNotifier::activated,
                     [end = impl_->ends[1], onStop = std::move(onStop)] {
                         char byte = 0;
                         if (read(end, &byte, 1) == 1) onStop();
                     });
    lastSecond = 0;
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
}

StopSignal::~StopSignal() {
    // A program that was stopped is ending: the request's second signal may still be on its way.
    if (lastSecond == 0) {
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
    }
    writeEnd = -1;
    impl_->notifier.reset();
    for (const int end : impl_->ends)
        if (end >= 0) close(end);
}

} // namespace burdock::cli
