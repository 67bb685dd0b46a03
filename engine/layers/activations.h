#pragma once

#include <cstdint>

namespace burdock {

/// Of the activations that have nothing to set.
struct NoParams {};

struct LeakyReluParams {
    double slope = 0.1;
};

struct EluParams {
    double alpha = 1;
};

struct StepParams {
    double threshold = 0;
};

struct MaxoutParams {
    std::int64_t pieces = 2;
};

enum class GeluForm { Exact, Tanh };

struct GeluParams {
    GeluForm form = GeluForm::Exact;
};

} // namespace burdock
