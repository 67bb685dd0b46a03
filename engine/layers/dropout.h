#pragma once

#include <cstdint>

namespace burdock {

struct DropoutParams {
    double rate = 0.5;
};

/// Whether dropout keeps value number `index` of the batch: a pure function of the pass's seed and the
/// index, whatever the number of threads or the implementation. Kept with probability 1 - rate.
class DropoutMask {
  public:
    DropoutMask(double rate, std::uint64_t seed)
        : seed_(mixed(seed))
        , threshold_(static_cast<std::uint64_t>(rate * 0x1p32)) {}

    bool keeps(std::int64_t index) const {
        return mixed(seed_ + static_cast<std::uint64_t>(index) * golden) >> 32 >= threshold_;
    }

  private:
    static constexpr std::uint64_t golden = 0x9e3779b97f4a7c15u;
    /// SplitMix64's output function (Steele, Lea and Flood, 2014).
    static constexpr std::uint64_t mixed(std::uint64_t z) {
        z += golden;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

    std::uint64_t seed_;
    std::uint64_t threshold_; // of 2^32
};

} // namespace burdock
