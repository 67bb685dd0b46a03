#pragma once

#include "engine/tensor/random.h"

namespace burdock {

struct DropoutParams {
    double rate = 0.5;
};

struct NoiseParams {
    double deviation = 0.1;
};

/// Whether dropout keeps value number `index` of the batch: a pure function of the pass's seed and the
/// index, whatever the number of threads or the implementation. Kept with probability 1 - rate.
class DropoutMask {
  public:
    DropoutMask(double rate, std::uint64_t seed)
        : seed_(seed)
        , threshold_(static_cast<std::uint64_t>(rate * 0x1p32)) {}

    bool keeps(std::int64_t index) const {
        return randomBits(seed_, static_cast<std::uint64_t>(index)) >> 32 >= threshold_;
    }
    /// The upper half of a value's random bits is not below it where the value is kept.
    std::uint32_t threshold() const { return static_cast<std::uint32_t>(threshold_); }

  private:
    std::uint64_t seed_;
    std::uint64_t threshold_; // below 2^32
};

} // namespace burdock
