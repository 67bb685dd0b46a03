// A library to be preloaded, under which a program's disk fails: the n-th call of a kind on a file whose name
// holds FAULT_MATCH, once or from then on.
//   FAULT_KIND   write, sync or open      FAULT_AT     which call fails, from 1; 0: none
//   FAULT_MODE   once or on               FAULT_ERRNO  28 (no space left), 5 (input/output error), …
//   FAULT_COUNT  a file that gets the number of calls of that kind when the program ends
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

template <class Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

std::array<std::atomic<bool>, 4096> watched{};
std::atomic<long> calls{0};

const char* setting(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value ? value : otherwise;
}

bool isWatched(const char* path) {
    return path && std::strstr(path, setting("FAULT_MATCH", ".burdock"));
}

bool isWatched(int descriptor) {
    return descriptor >= 0 && descriptor < static_cast<int>(watched.size()) &&
           watched[static_cast<std::size_t>(descriptor)];
}

/// Counts a call, and says whether it is to fail.
bool fails(const char* kind) {
    static const char* wanted = setting("FAULT_KIND", "write");
    static const long at = std::atol(setting("FAULT_AT", "0"));
    static const bool once = std::strcmp(setting("FAULT_MODE", "once"), "once") == 0;
    static const int error = std::atoi(setting("FAULT_ERRNO", "28"));
    if (std::strcmp(kind, wanted) != 0) return false;
    const long number = ++calls;
    if (at == 0 || (once ? number != at : number < at)) return false;
    errno = error;
    return true;
}

int opened(int descriptor, const char* path) {
    if (descriptor >= 0 && descriptor < static_cast<int>(watched.size()))
        watched[static_cast<std::size_t>(descriptor)] = isWatched(path);
    return descriptor;
}

mode_t modeOf(int flags, va_list& list) {
    return flags & (O_CREAT | O_TMPFILE) ? static_cast<mode_t>(va_arg(list, int)) : 0;
}

struct Counter {
    ~Counter() {
        const char* path = std::getenv("FAULT_COUNT");
        if (!path) return;
        if (std::FILE* file = std::fopen(path, "w")) {
            std::fprintf(file, "%ld\n", calls.load());
            std::fclose(file);
        }
    }
} counter;

} // namespace

#define OPEN(name)                                                                                           \
    extern "C" int name(const char* path, int flags, ...) {                                                  \
        va_list list;                                                                                        \
        va_start(list, flags);                                                                               \
        const mode_t mode = modeOf(flags, list);                                                             \
        va_end(list);                                                                                        \
        if (isWatched(path) && fails("open")) return -1;                                                     \
        static auto* const call = real<int(const char*, int, ...)>(#name);                                   \
        return opened(call(path, flags, mode), path);                                                        \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                                         \
    extern "C" int name(int folder, const char* path, int flags, ...) {                                      \
        va_list list;                                                                                        \
        va_start(list, flags);                                                                               \
        const mode_t mode = modeOf(flags, list);                                                             \
        va_end(list);                                                                                        \
        if (isWatched(path) && fails("open")) return -1;                                                     \
        static auto* const call = real<int(int, const char*, int, ...)>(#name);                              \
        return opened(call(folder, path, flags, mode), path);                                                \
    }
OPENAT(openat)
OPENAT(openat64)

extern "C" ssize_t write(int descriptor, const void* bytes, size_t count) {
    if (isWatched(descriptor) && fails("write")) return -1;
    static auto* const call = real<ssize_t(int, const void*, size_t)>("write");
    return call(descriptor, bytes, count);
}

#define PWRITE(name, offset_t)                                                                               \
    extern "C" ssize_t name(int descriptor, const void* bytes, size_t count, offset_t offset) {              \
        if (isWatched(descriptor) && fails("write")) return -1;                                              \
        static auto* const call = real<ssize_t(int, const void*, size_t, offset_t)>(#name);                  \
        return call(descriptor, bytes, count, offset);                                                       \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define ON_DESCRIPTOR(name, kind)                                                                            \
    extern "C" int name(int descriptor) {                                                                    \
        if (isWatched(descriptor) && fails(kind)) return -1;                                                 \
        static auto* const call = real<int(int)>(#name);                                                     \
        return call(descriptor);                                                                             \
    }
ON_DESCRIPTOR(fsync, "sync")
ON_DESCRIPTOR(fdatasync, "sync")

extern "C" int close(int descriptor) {
    if (descriptor >= 0 && descriptor < static_cast<int>(watched.size()))
        watched[static_cast<std::size_t>(descriptor)] = false;
    static auto* const call = real<int(int)>("close");
    return call(descriptor);
}
