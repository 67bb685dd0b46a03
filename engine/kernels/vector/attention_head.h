#pragma once

#include "engine/kernels/vector/blocks.h"

#include <cmath>
#include <cstdint>

namespace burdock::fast {

/// One head of one sample, with T positions of E values, in tables that are filled up with zeros to whole
/// blocks: T' × E'. What it is asked is in attention_code.inc.
struct AttentionHead {
    std::int64_t positions, size;
    bool causal;
    float *query, *key, *value, *gradient; ///< (T' × E'), the last one of the context
    float* turned;                         ///< (E' × T')
    float* result;                         ///< (T' × E')
    float *shares, *shareGradients;        ///< (T' × T'), row j, column i: how much position i looks at j

    std::int64_t rows() const { return wholeBlocks(positions); }
    std::int64_t columns() const { return wholeBlocks(size); }
    float scale() const { return 1.0f / std::sqrt(static_cast<float>(size)); }
};

/// Where a head reads and writes: its first row in each table of AttentionHeads::Binding, and its sums.
template <class V>
struct HeadRows {
    const float* qkv = nullptr;
    V* context = nullptr;
    const V* contextGradient = nullptr;
    V* qkvGradient = nullptr;
    float* sums = nullptr; ///< of qkv's gradient over the positions
};

} // namespace burdock::fast
