#pragma once

#include "engine/schema/param_value.h"

namespace burdock {

/// Of ZeroPad2D and Crop2D: rows and columns put on, or cut off, at each side.
struct MarginParams {
    std::int64_t top = 1;
    std::int64_t bottom = 1;
    std::int64_t left = 1;
    std::int64_t right = 1;
};

enum class Interpolation { Nearest, Bilinear };

struct UpsampleParams {
    IntPair scale{2, 2};
    Interpolation mode = Interpolation::Nearest;
};

} // namespace burdock
