#pragma once

#include <cstdint>

namespace burdock {

struct DenseParams {
    std::int64_t units = 100;
    bool bias = true;
};

} // namespace burdock
