#pragma once

#include <cstdint>

namespace burdock::fast {

/// Small tables are computed in blocks of 16 × 16 values.
constexpr std::int64_t blockSize = 16;
/// Up to whole blocks.
constexpr std::int64_t wholeBlocks(std::int64_t count) {
    return (count + blockSize - 1) / blockSize * blockSize;
}

} // namespace burdock::fast
