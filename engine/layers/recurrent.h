#pragma once

#include <cstdint>

namespace burdock {

/// Of SimpleRNN, LSTM and GRU.
struct RecurrentParams {
    std::int64_t units = 64;
    bool returnSequences = false; ///< the state at each position instead of the last one
    bool bias = true;
};

} // namespace burdock
