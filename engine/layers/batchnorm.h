#pragma once

namespace burdock {

struct BatchNormParams {
    double epsilon = 1e-5;
    double momentum = 0.1; ///< weight of the newest batch in the running statistics, as in PyTorch
};

} // namespace burdock
