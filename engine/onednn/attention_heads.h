#pragma once

#include "engine/onednn/support.h"

#include <array>
#include <cstdint>

namespace burdock::fast {

/// The part of attention between its projections: softmax(Q·Kᵀ/√E)·V for each sample and head, as products
/// of batches of matrices. In single precision, whatever the request: a softmax of large scores makes much of
/// small errors. Only the gradient that is handed on is in bfloat16 if the request is mixed.
class AttentionHeads {
  public:
    /// May throw dnnl::error.
    AttentionHeads(const LayerRequest& r, std::int64_t heads, bool causal);

    /// Of a table (B·T × D) in single precision. A row is a position, H times E values.
    std::int64_t tableFloats() const { return tableFloats_; }
    std::int64_t workspaceFloats() const;
    std::int64_t scratchFloats() const;

    struct Binding {
        /// (B·T × 3D), with queries, keys and values of a position side by side; backward writes the gradient
        /// over them, in bfloat16 if mixed.
        float* qkv = nullptr;
        float* context = nullptr;         ///< what the heads found (B·T × D)
        float* contextGradient = nullptr; ///< null: there will be no backward
        /// For the sums of qkv's gradient over all positions (3D), before it is rounded: those of the keys
        /// are nothing but rounding. May be null.
        float* gradientSums = nullptr;
        float* workspace = nullptr;
        float* scratch = nullptr;
    };
    void bind(const Binding& b);
    void forward() const;  ///< reads qkv, fills context
    void backward() const; ///< reads the context's gradient, overwrites qkv with its gradient

  private:
    struct Product {
        dnnl::matmul::primitive_desc pd;
        Call call;
    };
    Product product(const dnnl::memory::desc& a, const dnnl::memory::desc& b, const dnnl::memory::desc& c,
                    float scale = 1) const;
    void sumGradients() const;
    void bindProduct(Product& p, float* a, float* b, float* c);
    /// How many positions a row of the shares sees: causal, its own and those before.
    std::int32_t seenFrom(std::int64_t row) const {
        return causal_ ? static_cast<std::int32_t>(row % positions_) + 1 : positions_;
    }

    std::int64_t rows_;      ///< of a table: B·T
    std::int64_t shareRows_; ///< B·H·T
    std::int64_t features_;
    std::int32_t positions_;
    std::int64_t tableFloats_, shareFloats_;
    bool causal_, mixed_, training_;
    Product scores_, mix_, shareGradient_, queryGradient_, keyGradient_, valueGradient_;
    float* qkv_ = nullptr;
    std::array<float*, 3> tables_{}, tableGradients_{}; ///< of queries, keys and values
    /// (B·H × T × T): how much a position looks at each other.
    float *shares_ = nullptr, *shareGradients_ = nullptr;
    float* gradientSums_ = nullptr;
    float* productScratch_ = nullptr;
};

} // namespace burdock::fast
