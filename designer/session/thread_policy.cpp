#include "session/thread_policy.h"

#include "engine/tensor/processor.h"

#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cstring>
#ifdef __unix__
#include <fcntl.h>
#include <langinfo.h>
#endif
#ifdef __linux__
#include <climits>
#include <unistd.h>
#endif

namespace burdock {
#ifdef __linux__
namespace {

/// The processor that OpenBLAS is to take this one for; null: it finds out by itself.
const char* openBlasCore() {
    using processor::InstructionSet;
    const bool wide = processor::has(InstructionSet::Avx512);
    if (processor::isHeldBack())
        return wide ? "SkylakeX" : processor::has(InstructionSet::Avx2) ? "Haswell" : nullptr;
    return wide && processor::isOfAmd() ? "SkylakeX" : nullptr; // it underestimates those
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
    if (const char* const core = openBlasCore(); core && !getenv("OPENBLAS_CORETYPE"))
        changed = setenv("OPENBLAS_CORETYPE", core, 0) == 0 || changed;
    char program[PATH_MAX];
    const ssize_t length = changed ? readlink("/proc/self/exe", program, sizeof program - 1) : 0;
    if (length <= 0) return;
    program[length] = '\0';
    execv(program, arguments); // returns only if it fails; then training is merely slower
#endif
}

void openStandardStreams() {
#ifdef __unix__
    // A closed output is to fail, as it would if it stayed closed: what is written there would be lost.
    for (int stream = 0; stream <= 2; ++stream)
        if (fcntl(stream, F_GETFD) == -1 && open("/dev/null", stream == 1 ? O_RDONLY : O_RDWR) != stream)
            return; // there is no such device
#endif
}

void speakUtf8() {
#ifdef __unix__
    const bool known = std::setlocale(LC_CTYPE, "") && std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    std::setlocale(LC_CTYPE, "C");
    if (known) return;
    if (const char* all = getenv("LC_ALL"); all && *all) { // it would prevail
        setenv("LANG", all, 1);
        unsetenv("LC_ALL");
    }
    setenv("LC_CTYPE", "C.UTF-8", 1);
#endif
}

void outliveFileLimits() {
#ifdef SIGXFSZ
    std::signal(SIGXFSZ, SIG_IGN);
#endif
}

} // namespace burdock
