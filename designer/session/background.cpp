#include "session/background.h"

#ifdef __linux__
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace burdock {

void lowerThreadPriority() {
#ifdef __linux__
    // Linux keeps nice values per thread and hands them on to threads that are started later. SCHED_BATCH
    // takes away the right to preempt the window when a worker wakes up.
    const sched_param none{};
    pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
    setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), 10);
#endif
}

} // namespace burdock
