#pragma once

#include "engine/layers/per_feature.h"

namespace burdock {

struct BatchNormParams {
    double epsilon = 1e-5;
    double momentum = 0.1; ///< weight of the newest batch in the running statistics, as in PyTorch
    PerFeature per = PerFeature::Feature;
};

} // namespace burdock
