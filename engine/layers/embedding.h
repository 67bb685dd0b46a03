#pragma once

#include <cstdint>

namespace burdock {

struct EmbeddingParams {
    std::int64_t vocabulary = 256;
    std::int64_t features = 128;
};

/// Positions, learned or sinusoidal, have nothing to set: the sequence says how many there are.
struct PositionParams {};

} // namespace burdock
