#pragma once

#include "engine/layers/per_feature.h"

namespace burdock {

/// Of layer and RMS normalization.
struct NormParams {
    double epsilon = 1e-5;
};

struct GroupNormParams {
    std::int64_t groups = 8;
    double epsilon = 1e-5;
    PerFeature per = PerFeature::Feature;
};

} // namespace burdock
