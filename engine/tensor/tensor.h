#pragma once

#include "engine/tensor/shape.h"

#include <armadillo>
#include <span>

namespace burdock {

/// A typed view of a batch of samples: shape.size() values per sample, one sample per column.
/// It never owns its memory; copies of it alias the same values.
template <class T>
struct Tensor {
    T* data = nullptr;
    Shape shape;
    std::int64_t batch = 0;

    std::int64_t size() const { return shape.size() * batch; }
    explicit operator bool() const { return data != nullptr; }
    std::span<T> values() const { return {data, static_cast<std::size_t>(size())}; }

    /// The batch as a matrix, shape.size() × batch, on the same memory.
    arma::Mat<T> matrix() const {
        return arma::Mat<T>(data, static_cast<arma::uword>(shape.size()), static_cast<arma::uword>(batch),
                            /*copy_aux_mem=*/false, /*strict=*/true);
    }
    /// Sample `index` as a matrix, area × channels: one column is one feature map.
    arma::Mat<T> maps(std::int64_t index) const {
        return arma::Mat<T>(data + index * shape.size(), static_cast<arma::uword>(shape.area()),
                            static_cast<arma::uword>(shape.channels), false, true);
    }
};

} // namespace burdock
