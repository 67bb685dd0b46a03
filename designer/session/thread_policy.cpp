#include "session/thread_policy.h"

#ifdef __linux__
#include <climits>
#include <cstdlib>
#include <unistd.h>
#endif

namespace burdock {

void adoptThreadPolicy([[maybe_unused]] char** arguments) {
#ifdef __linux__
    // About half a millisecond: longer than any gap between the primitives of one training step.
    constexpr const char* spins = "20000";
    if (getenv("GOMP_SPINCOUNT") || getenv("OMP_WAIT_POLICY")) return;
    char program[PATH_MAX];
    const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0 || setenv("GOMP_SPINCOUNT", spins, 0) != 0) return;
    program[length] = '\0';
    execv(program, arguments); // returns only if it fails; then training merely spins
#endif
}

} // namespace burdock
