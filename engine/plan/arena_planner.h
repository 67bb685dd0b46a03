#pragma once

#include <cstdint>
#include <vector>

namespace burdock {

/// A buffer that is in use from time `first` to time `last`, both included.
struct BufferUse {
    std::int64_t floats = 0;
    int first = 0;
    int last = 0;
};

struct ArenaPlan {
    std::vector<std::int64_t> offsets; ///< in floats, of each buffer, on cache lines
    std::int64_t floats = 0;           ///< size of the arena
};

/// Places buffers so that those in use at the same time do not overlap: largest first, each at the lowest
/// offset that is free for its time (Pisarchyk, Lee: Efficient memory management for deep neural net
/// inference, 2020, "greedy by size").
ArenaPlan planArena(const std::vector<BufferUse>& buffers);

} // namespace burdock
