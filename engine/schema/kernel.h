#pragma once

#include "engine/tensor/tensor.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace burdock {

/// What a kernel sees in one pass over one mini-batch. All tensors are plain (sample per column, NCHW).
/// An empty gradient tensor means that nobody needs it.
template <class T>
struct Pass {
    std::span<const Tensor<T>> inputs;
    Tensor<T> output;
    std::span<const Tensor<T>> inputGradients; ///< backward overwrites them
    Tensor<T> outputGradient;
    std::span<T* const> weights;         ///< in the order of weightSpecs
    std::span<T* const> weightGradients; ///< backward overwrites them; null: nobody needs it
    bool training = true;                ///< dropout and batch statistics on
    std::uint64_t seed = 0;              ///< differs for every node and step; the only source of randomness
    /// Of a layer with several outputs, those after the first. An output that nobody reads has no gradient:
    /// it counts as zero, as does that of the first output then.
    std::span<const Tensor<T>> moreOutputs{}, moreOutputGradients{};
};

/// The reference implementation of a layer on Armadillo, for float and for double (the oracle).
/// A kernel is made for fixed input shapes and keeps what backward needs of the last forward.
template <class T>
class Kernel {
  public:
    virtual ~Kernel() = default;
    virtual void forward(const Pass<T>& pass) = 0;
    /// Called after forward on the same pass; inputs and output are unchanged since.
    virtual void backward(const Pass<T>& pass) = 0;
};

} // namespace burdock
