#pragma once

#include <cstdint>

namespace burdock::fast {

/// The gradients of a dense layer's weights (outputs × inputs) and bias (outputs) over all its rows, in
/// single precision: gᵀ·x and the columns' sums of g. The bits are the same on any number of threads.
struct WeightGradient {
    std::int64_t rows = 0, outputs = 0, inputs = 0;
    const float* outputGradient = nullptr; ///< g (rows × outputs)
    const float* input = nullptr;          ///< x (rows × inputs)
    float* gradient = nullptr;
    float* biasGradient = nullptr; ///< or null
    float* scratch = nullptr;
    int threads = 1; ///< at most

    std::int64_t scratchFloats() const;
    void run() const;
};

} // namespace burdock::fast
