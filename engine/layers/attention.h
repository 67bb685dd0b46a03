#pragma once

#include <cstdint>

namespace burdock {

struct AttentionParams {
    std::int64_t heads = 4;
    bool causal = false;
    bool bias = true;
};

} // namespace burdock
