#pragma once

#include "engine/tensor/random.h"

#include <cstdint>

namespace burdock {

/// The random numbers of one generated sample, in the order they are asked for.
class Draw {
  public:
    Draw(std::int64_t seed, std::int64_t index)
        : key_(deriveKey(deriveKey(static_cast<std::uint64_t>(seed), "generated"),
                         static_cast<std::uint64_t>(index))) {}
    double uniform(double from, double to) { return from + (to - from) * randomUniform(key_, next_++); }
    /// From 0 to below `count`.
    std::int64_t below(std::int64_t count) {
        return static_cast<std::int64_t>(randomBelow(key_, next_++, static_cast<std::uint64_t>(count)));
    }
    /// Counters of their own for normal numbers, which take two each.
    double normal(double deviation) { return deviation * randomNormal(key_, (1u << 20) + next_++); }

  private:
    std::uint64_t key_, next_ = 0;
};

} // namespace burdock
