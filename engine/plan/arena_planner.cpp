#include "engine/plan/arena_planner.h"

#include <algorithm>
#include <numeric>

namespace burdock {

ArenaPlan planArena(const std::vector<BufferUse>& buffers) {
    constexpr std::int64_t line = 16;
    const auto rounded = [](std::int64_t floats) { return (floats + line - 1) / line * line; };
    std::vector<std::size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return buffers[a].floats > buffers[b].floats; });

    /// A buffer that has its place, with all that a search looks at side by side.
    struct Placed {
        std::int64_t offset, end;
        TimeSpan span, again;
    };
    ArenaPlan plan;
    plan.offsets.assign(buffers.size(), 0);
    std::vector<Placed> placed; // by offset
    placed.reserve(buffers.size());
    for (const std::size_t index : order) {
        const BufferUse& buffer = buffers[index];
        const std::int64_t floats = rounded(buffer.floats);
        std::int64_t offset = 0;
        for (const Placed& other : placed) {
            if (other.end <= offset) continue;
            if (!buffer.meets({0, other.span, other.again})) continue;
            if (other.offset >= offset + floats) break; // it fits into the gap before
            offset = other.end;
        }
        plan.offsets[index] = offset;
        plan.floats = std::max(plan.floats, offset + floats);
        placed.insert(std::ranges::upper_bound(placed, offset, {}, &Placed::offset),
                      {offset, offset + floats, buffer.span, buffer.again});
    }
    return plan;
}

} // namespace burdock
