#pragma once

#include <cmath>
#include <cstdint>

namespace burdock {

struct EmbeddingParams {
    std::int64_t vocabulary = 256;
    std::int64_t features = 128;
};

/// Positions, learned or sinusoidal, have nothing to set: the sequence says how many there are.
struct PositionParams {};

/// What sinusoidal positions add to feature `d` of position `t`, of `features` in all: sin(t / 10000^(2i/D))
/// for d = 2i, and the cosine of the same for d = 2i + 1 (Vaswani et al.: Attention is all you need, 2017,
/// section 3.5).
inline double positionWave(std::int64_t t, std::int64_t d, std::int64_t features) {
    const double pair = static_cast<double>(d / 2 * 2) / static_cast<double>(features);
    const double angle = static_cast<double>(t) / std::pow(10000.0, pair);
    return d % 2 == 0 ? std::sin(angle) : std::cos(angle);
}

} // namespace burdock
