#pragma once

#include <cstdint>
#include <string>

namespace burdock {

struct DenseParams {
    std::int64_t units = 100;
    bool bias = true;
    bool positionwise = false; ///< the same layer at each position of a sequence
    std::string tiedTo{};      ///< the layer whose weight it uses; empty: its own
};

} // namespace burdock
