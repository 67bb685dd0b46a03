#pragma once

namespace burdock {

/// Of sigmoid, tanh, ReLU, softplus and softmax, which have nothing to set.
struct NoParams {};

struct LeakyReluParams {
    double slope = 0.1;
};

struct EluParams {
    double alpha = 1;
};

} // namespace burdock
