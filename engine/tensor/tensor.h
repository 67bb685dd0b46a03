#pragma once

#include "engine/tensor/shape.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace burdock {

/// A typed view of a batch of samples: shape.size() values per sample, one sample per column.
/// It never owns its memory; copies of it alias the same values. For its values as
/// Armadillo's matrices see matrix.h.
template <class T>
struct Tensor {
    T* data = nullptr;
    Shape shape;
    std::int64_t batch = 0;

    std::int64_t size() const { return shape.size() * batch; }
    explicit operator bool() const { return data != nullptr; }
    std::span<T> values() const { return {data, static_cast<std::size_t>(size())}; }
};

} // namespace burdock
