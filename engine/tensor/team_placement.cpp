#include "engine/tensor/team_placement.h"

#ifdef __linux__
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <omp.h>
#include <sched.h>
#include <semaphore>
#include <string>
#include <sys/syscall.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>
#endif

namespace burdock {

#ifdef __linux__

namespace {

using Clock = std::chrono::steady_clock;

/// Tells that a thread of the team has ended: libgomp ends those that a smaller team needs not, and starts
/// others for the next large one, which nobody has placed.
struct Ended {
    std::shared_ptr<std::atomic<bool>> told;
    ~Ended() {
        if (told) told->store(true, std::memory_order_relaxed);
    }
};
thread_local Ended ended;

void putOn(pid_t thread, int processor) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    sched_setaffinity(thread, sizeof one, &one);
}

} // namespace

struct TeamPlacement::Impl {
    /// Makes libgomp's threads sleep after a hundred looks at a barrier instead of GOMP_SPINCOUNT: it does
    /// that while there are more of them than processors (libgomp's manual, GOMP_SPINCOUNT). So this has one
    /// more.
    class SoonAsleep {
      public:
        SoonAsleep() {
            try {
                thread_ = std::thread([this] {
                    try { // libgomp would end the program
                        std::thread([] {}).join();
                    } catch (const std::system_error&) {
                        return made_.release();
                    }
#pragma omp parallel num_threads(2)
                    if (omp_get_thread_num() == 0) {
                        made_.release();
                        over_.acquire();
                    }
                });
                made_.acquire();
            } catch (const std::system_error&) { // then they look for longer
            }
        }
        ~SoonAsleep() {
            over_.release();
            if (thread_.joinable()) thread_.join();
        }
        SoonAsleep(const SoonAsleep&) = delete;
        SoonAsleep& operator=(const SoonAsleep&) = delete;

      private:
        std::binary_semaphore made_{0}, over_{0};
        std::thread thread_;
    };

    struct Member {
        pid_t thread = 0;
        int processor = 0;
        int delays = -1;         ///< open file of how long it has waited for a processor
        std::int64_t waited = 0; ///< nanoseconds at the window's begin
        double share = 0;        ///< of the last window's time that it waited for its processor
    };
    inline static thread_local Impl* current = nullptr;

    cpu_set_t all;
    std::vector<int> processors;
    std::vector<Member> members; ///< the first is the calling thread
    std::shared_ptr<std::atomic<bool>> changed;
    int changes = 0;
    bool placed = false;

    // Where a processor is taken.
    std::size_t guest = 0; ///< which member is another's guest; 0: none
    std::size_t host = 0;
    std::unique_ptr<SoonAsleep> soonAsleep;
    Clock::time_point windowBegun, decision; ///< `decision`: when the other way is to be tried
    Clock::duration patience{};
    std::int64_t passes = 0; ///< in this window
    double apartSpeed = 0;   ///< passes a second of the last window in which all were apart

    Impl() = default;
    /// Also where placing was broken off.
    ~Impl() {
        unplace();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    bool make(std::int64_t threads) {
        if (current || threads < 2 || omp_get_proc_bind() != omp_proc_bind_false) return false;
        if (sched_getaffinity(0, sizeof all, &all) != 0 || CPU_COUNT(&all) != threads) return false;
        for (int i = 0; i < CPU_SETSIZE; ++i)
            if (CPU_ISSET(i, &all)) processors.push_back(i);
        // The calling thread stays where it is.
        if (const auto here = std::ranges::find(processors, sched_getcpu()); here != processors.end())
            std::iter_swap(processors.begin(), here);
        members.resize(processors.size());
        place();
        return placed;
    }

    void place() {
        changed = std::make_shared<std::atomic<bool>>(false);
        bool whole = true;
#pragma omp parallel num_threads(static_cast <int>(members.size()))
        {
            const auto i = static_cast<std::size_t>(omp_get_thread_num());
            if (omp_get_num_threads() == std::ssize(members)) {
                members[i].thread = static_cast<pid_t>(syscall(SYS_gettid));
                if (i > 0) ended.told = changed;
            } else {
#pragma omp atomic write
                whole = false;
            }
        }
        placed = whole;
        if (!placed) return;
        for (std::size_t i = 0; i < members.size(); ++i) {
            members[i].processor = processors[i];
            members[i].delays =
                open(("/proc/self/task/" + std::to_string(members[i].thread) + "/schedstat").c_str(),
                     O_RDONLY | O_CLOEXEC);
            putOn(members[i].thread, processors[i]);
        }
        decision = {};
        beginWindow();
    }
    void unplace() {
        soonAsleep.reset();
        guest = 0;
        if (!std::exchange(placed, false)) return;
        for (Member& member : members) {
            if (member.delays >= 0) close(std::exchange(member.delays, -1));
            sched_setaffinity(member.thread, sizeof all, &all);
        }
    }

    /// Nanoseconds that the member has waited for its processor so far; -1: not to be had.
    static std::int64_t waitedOf(const Member& member) {
        char text[80];
        const ssize_t length = member.delays < 0 ? -1 : pread(member.delays, text, sizeof text - 1, 0);
        if (length <= 0) return -1;
        text[length] = '\0';
        char* rest = nullptr;
        std::strtoll(text, &rest, 10); // the time it ran
        return std::strtoll(rest, nullptr, 10);
    }
    void beginWindow() {
        windowBegun = Clock::now();
        passes = 0;
        for (Member& member : members)
            member.waited = waitedOf(member);
    }
    double windowSeconds() const {
        return std::chrono::duration<double>(Clock::now() - windowBegun).count();
    }
    double speed() const {
        return static_cast<double>(passes) / windowSeconds();
    }

    /// The member that waited most for its processor in the window, if that was long, and in `host` the one
    /// that waited least; otherwise the number of members.
    std::size_t mostDelayed() {
        constexpr double much = 0.35;
        const double elapsed = 1e9 * windowSeconds();
        for (Member& member : members) {
            const std::int64_t waited = waitedOf(member);
            if (waited < 0 || member.waited < 0) return members.size();
            member.share = static_cast<double>(waited - member.waited) / elapsed;
        }
        const auto least = std::ranges::min_element(members, {}, &Member::share);
        const auto most = std::ranges::max_element(members, {}, &Member::share);
        if (most->share < much || most == least) return members.size();
        host = static_cast<std::size_t>(least - members.begin());
        return static_cast<std::size_t>(most - members.begin());
    }

    void tend() {
        if (!placed) return;
        ++passes;
        if (changed->load(std::memory_order_relaxed)) {
            constexpr int most = 8;
            unplace();
            if (++changes < most) place();
            return;
        }
        constexpr std::chrono::milliseconds window{60};
        const auto now = Clock::now();
        if (guest > 0) {
            if (now >= decision) separate();
        } else if (now - windowBegun >= window) {
            lookAround(now);
        }
    }
    /// Where all were apart: whether two should share a processor for a while.
    void lookAround(Clock::time_point now) {
        const std::size_t delayed = mostDelayed();
        if (delayed == members.size()) {
            patience = {};
            decision = {};
        } else if (now >= decision) {
            apartSpeed = speed();
            const auto shortest =
                std::max<Clock::duration>(std::chrono::milliseconds(200), 10 * (now - windowBegun));
            const auto longest = std::max<Clock::duration>(std::chrono::seconds(2), shortest);
            patience = std::clamp<Clock::duration>(2 * patience, shortest, longest);
            gather(delayed);
            return;
        }
        beginWindow();
    }
    void gather(std::size_t delayed) {
        if (delayed == 0) { // it is the guest's place that is left
            std::swap(members[0].processor, members[host].processor);
            putOn(members[0].thread, members[0].processor);
            delayed = std::exchange(host, 0);
        }
        guest = delayed;
        soonAsleep = std::make_unique<SoonAsleep>();
        putOn(members[guest].thread, members[host].processor);
        // At first not for long: short passes have so many barriers that they may be slower for it.
        decision = Clock::now() + patience / 4;
        beginWindow();
    }
    void separate() {
        const bool pays = speed() > apartSpeed;
        if (pays && windowBegun + patience > Clock::now()) {
            decision = windowBegun + patience;
            return;
        }
        putOn(members[guest].thread, members[guest].processor);
        guest = 0;
        soonAsleep.reset();
        decision = pays ? Clock::time_point() : Clock::now() + 4 * patience;
        beginWindow();
    }
};

TeamPlacement::TeamPlacement(std::int64_t threads)
    : impl_(std::make_unique<Impl>()) {
    if (impl_->make(threads))
        Impl::current = impl_.get();
    else
        impl_.reset();
}
TeamPlacement::~TeamPlacement() {
    if (impl_) Impl::current = nullptr;
}
void TeamPlacement::tend() {
    if (Impl::current) Impl::current->tend();
}
bool TeamPlacement::holds() const {
    return impl_ && impl_->placed;
}
bool TeamPlacement::shares() const {
    return impl_ && impl_->guest > 0;
}

void TeamPlacement::share() {
    if (!holds() || shares()) return;
    impl_->host = 0;
    impl_->patience = std::chrono::hours(1);
    impl_->gather(impl_->members.size() - 1);
}

ApartScope::ApartScope(bool needed)
    : impl_(needed && TeamPlacement::Impl::current && TeamPlacement::Impl::current->guest > 0
                ? TeamPlacement::Impl::current
                : nullptr) {
    if (!impl_) return;
    const auto& member = impl_->members[impl_->guest];
    putOn(member.thread, member.processor);
}
ApartScope::~ApartScope() {
    if (impl_) putOn(impl_->members[impl_->guest].thread, impl_->members[impl_->host].processor);
}

UnplacedScope::UnplacedScope()
    : impl_(TeamPlacement::Impl::current && TeamPlacement::Impl::current->placed
                ? TeamPlacement::Impl::current
                : nullptr) {
    if (impl_) sched_setaffinity(0, sizeof impl_->all, &impl_->all);
}
UnplacedScope::~UnplacedScope() {
    if (impl_) putOn(0, impl_->members[0].processor);
}

#else

struct TeamPlacement::Impl {};
TeamPlacement::TeamPlacement(std::int64_t) {}
TeamPlacement::~TeamPlacement() = default;
void TeamPlacement::tend() {}
bool TeamPlacement::holds() const {
    return false;
}
bool TeamPlacement::shares() const {
    return false;
}
void TeamPlacement::share() {}
ApartScope::ApartScope(bool)
    : impl_(nullptr) {}
ApartScope::~ApartScope() = default;
UnplacedScope::UnplacedScope()
    : impl_(nullptr) {}
UnplacedScope::~UnplacedScope() = default;

#endif

} // namespace burdock
