#pragma once

#include <cstdint>
#include <vector>

namespace burdock {

/// From time `first` to time `last`, both included; empty where the last is before the first.
struct TimeSpan {
    int first = 0;
    int last = -1;

    bool isEmpty() const { return last < first; }
    bool meets(const TimeSpan& other) const {
        return !isEmpty() && !other.isEmpty() && first <= other.last && other.first <= last;
    }
    void include(int time) {
        first = isEmpty() || time < first ? time : first;
        last = time > last ? time : last;
    }
};

/// A buffer, and when it is in use. Between its two spans its memory may serve others.
struct BufferUse {
    std::int64_t floats = 0;
    TimeSpan span;
    TimeSpan again{};
};

struct ArenaPlan {
    std::vector<std::int64_t> offsets; ///< in floats, of each buffer, on cache lines
    std::int64_t floats = 0;           ///< size of the arena
};

/// Places buffers so that those in use at the same time do not overlap: largest first, each at the lowest
/// offset that is free for its time (Pisarchyk, Lee: Efficient memory management for deep neural net
/// inference, 2020, "greedy by size"). The time it takes grows little faster than the number of buffers.
ArenaPlan planArena(const std::vector<BufferUse>& buffers);

} // namespace burdock
