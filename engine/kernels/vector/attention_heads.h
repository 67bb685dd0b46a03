#pragma once

#include "engine/kernels/onednn/support.h"

#include <cstdint>

namespace burdock::fast {

struct AttentionHead;
template <class V>
struct HeadRows;

/// The part of attention between its projections: softmax(Q·Kᵀ/√E)·V for each sample and head. It computes in
/// single precision, whatever the request: a softmax of large scores makes much of small errors. Only what it
/// hands on, and the gradient it is given, are in bfloat16 if the request is mixed.
class AttentionHeads {
  public:
    AttentionHeads(const LayerRequest& r, std::int64_t heads, bool causal);

    std::int64_t workspaceFloats() const;
    std::int64_t scratchFloats() const;

    /// Tables with a row for each position of each sample (B·T), H times E values wide (D). Queries, keys and
    /// values of a position lie side by side (3D).
    struct Binding {
        const float* qkv = nullptr;
        float* qkvGradient = nullptr;     ///< in bfloat16 if mixed
        float* context = nullptr;         ///< what the heads found; in bfloat16 if mixed
        float* contextGradient = nullptr; ///< in bfloat16 if mixed
        /// For the sums of qkv's gradient over all positions (3D), before it is rounded: those of the keys
        /// are nothing but rounding. May be null.
        float* gradientSums = nullptr;
        float* workspace = nullptr;
        float* scratch = nullptr;
    };
    void bind(const Binding& b) { b_ = b; }
    void forward() const;
    void backward() const;

  private:
    template <class V>
    void forwardIn() const;
    template <class V>
    void backwardIn() const;
    template <class V>
    HeadRows<V> rowsOf(std::int64_t n) const;
    AttentionHead headAt(std::int64_t n) const;
    std::int64_t shareFloats() const;
    std::int64_t floatsWithin() const;

    std::int64_t batch_, heads_, positions_, features_, size_;
    bool causal_, mixed_, training_;
    int threads_; ///< that there is scratch memory for
    Binding b_;
};

} // namespace burdock::fast
