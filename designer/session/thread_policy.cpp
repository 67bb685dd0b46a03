#include "session/thread_policy.h"

#include "engine/tensor/per_processor.h"

#include <csignal>
#ifdef __unix__
#include <fcntl.h>
#endif
#ifdef __linux__
#include <climits>
#include <cstdlib>
#include <unistd.h>
#endif

namespace burdock {
#ifdef __linux__
namespace {

bool isUnderestimated() {
    return processor::isOfAmd() && processor::hasAvx512();
}

} // namespace
#endif

void adoptThreadPolicy([[maybe_unused]] char** arguments) {
#ifdef __linux__
    // About half a millisecond: longer than any gap between the primitives of one training step.
    constexpr const char* spins = "20000";
    bool changed = false;
    if (!getenv("GOMP_SPINCOUNT") && !getenv("OMP_WAIT_POLICY"))
        changed = setenv("GOMP_SPINCOUNT", spins, 0) == 0;
    if (!getenv("OPENBLAS_CORETYPE") && isUnderestimated())
        changed = setenv("OPENBLAS_CORETYPE", "SkylakeX", 0) == 0 || changed;
    char program[PATH_MAX];
    const ssize_t length = changed ? readlink("/proc/self/exe", program, sizeof program - 1) : 0;
    if (length <= 0) return;
    program[length] = '\0';
    execv(program, arguments); // returns only if it fails; then training is merely slower
#endif
}

void openStandardStreams() {
#ifdef __unix__
    for (int stream = 0; stream <= 2; ++stream)
        if (fcntl(stream, F_GETFD) == -1 && open("/dev/null", O_RDWR) != stream)
            return; // there is no such device
#endif
}

void outliveFileLimits() {
#ifdef SIGXFSZ
    std::signal(SIGXFSZ, SIG_IGN);
#endif
}

} // namespace burdock
