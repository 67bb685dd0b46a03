#pragma once

#include "engine/tensor/tensor.h"

#include <armadillo>

namespace burdock {

/// A batch as a matrix, shape.size() × batch, on the same memory.
template <class T>
arma::Mat<T> asMatrix(const Tensor<T>& batch) {
    return arma::Mat<T>(batch.data, static_cast<arma::uword>(batch.shape.size()),
                        static_cast<arma::uword>(batch.batch),
                        /*copy_aux_mem=*/false, /*strict=*/true);
}

/// Sample `index` of a batch as a matrix on the same memory, area × channels: one column is one feature map.
template <class T>
arma::Mat<T> asMaps(const Tensor<T>& batch, std::int64_t index) {
    return arma::Mat<T>(batch.data + index * batch.shape.size(), static_cast<arma::uword>(batch.shape.area()),
                        static_cast<arma::uword>(batch.shape.channels), false, true);
}

} // namespace burdock
