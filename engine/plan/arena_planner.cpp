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

    ArenaPlan plan;
    plan.offsets.assign(buffers.size(), 0);
    std::vector<std::size_t> placed; // by offset
    for (const std::size_t index : order) {
        const BufferUse& buffer = buffers[index];
        std::int64_t offset = 0;
        for (const std::size_t other : placed) {
            if (!buffers[other].meets(buffer)) continue;
            if (plan.offsets[other] >= offset + rounded(buffer.floats)) break; // it fits into the gap before
            offset = std::max(offset, plan.offsets[other] + rounded(buffers[other].floats));
        }
        plan.offsets[index] = offset;
        plan.floats = std::max(plan.floats, offset + rounded(buffer.floats));
        placed.insert(
            std::upper_bound(placed.begin(), placed.end(), index,
                             [&](std::size_t a, std::size_t b) { return plan.offsets[a] < plan.offsets[b]; }),
            index);
    }
    return plan;
}

} // namespace burdock
