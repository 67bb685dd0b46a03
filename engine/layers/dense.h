#pragma once

#include <cstdint>

namespace burdock {

struct DenseParams {
    std::int64_t units = 100;
    bool bias = true;
    bool positionwise = false; ///< the same layer at each position of a sequence
};

} // namespace burdock
