#pragma once

#include <cstdint>

namespace burdock::fast {

/// The part of attention between its projections: softmax(Q·Kᵀ/√E)·V for each sample and head, in parallel
/// over both. `qkv` is (B·T × 3D): queries, keys and values of a position side by side, each H times E
/// values; `context` is (B·T × D). Only what a causal head sees is computed.
class AttentionHeads {
  public:
    AttentionHeads(std::int64_t batch, std::int64_t positions, std::int64_t features, std::int64_t heads,
                   bool causal);

    std::int64_t shareFloats() const { return batch_ * heads_ * positions_ * positions_; }
    std::int64_t scratchFloats() const; ///< of backward

    /// Fills `shares` (B·H × T × T: how much a position looks at each other) and `context`.
    void forward(const float* qkv, float* shares, float* context) const;
    /// Fills `qkvGradient`.
    void backward(const float* qkv, const float* shares, const float* contextGradient, float* qkvGradient,
                  float* scratch) const;

  private:
    std::int64_t rowsAtOnce() const;
    std::int64_t batch_, positions_, features_, heads_, size_;
    bool causal_;
    float scale_;
    int threads_; ///< that backward has scratch memory for
};

} // namespace burdock::fast
