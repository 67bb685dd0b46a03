#include "files/on_all_cores.h"

#include "engine/data/reading.h"
#include "engine/schema/guarded.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace burdock {

Refusals forEachOnAllCores(std::size_t count, const std::function<Status(std::size_t)>& work,
                           const std::function<Diagnostic(std::size_t, std::string)>& explain) {
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    Refusals refused;
    const auto note = [&](std::size_t i, Diagnostic why) {
        const std::lock_guard lock(mutex);
        refused.emplace(i, std::move(why));
    };
    const auto run = [&, asked = ReadingScope::asked()] {
        const ReadingScope scope(asked);
        for (std::size_t i = next++; i < count; i = next++) {
            if (asked && asked()) return;
            const auto explained = [&](const Breakdown& broken) { return explain(i, broken.why); };
            if (auto done = guarded(explained, [&] { return work(i); }); !done) note(i, done.error());
        }
    };
    {
        constexpr std::size_t filesEach = 4; // to start a thread takes as long as to read a small file
        static const std::size_t cores = std::thread::hardware_concurrency();
        std::vector<std::jthread> threads;
        for (std::size_t t = 1; t < std::min(cores, count / filesEach); ++t)
            try {
                threads.emplace_back(run);
            } catch (const std::system_error&) {
                break; // those that there are do it all
            }
        run();
    }
    continueReading();
    return refused;
}

} // namespace burdock
