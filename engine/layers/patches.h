#pragma once

#include "engine/layers/window.h"
#include "engine/tensor/matrix.h"

#include <algorithm>

namespace burdock {

/// The receptive fields of a sliding window as a matrix, one sample at a time, so that a convolution is a
/// matrix product (Chellapilla et al., 2006): P output places × K = channels·kernel height·kernel width, a
/// column being what one kernel element meets. A 1×1 kernel that moves by 1 over unpadded maps sees each
/// pixel once: then the maps themselves are the matrix.
template <class T>
class Patches {
  public:
    Patches(const Window& window, std::int64_t channels)
        : window_(window)
        , channels_(channels)
        , pointwise_(isPointwise(window.y) && isPointwise(window.x)) {
        if (!pointwise_) matrix_.set_size(places(), elements());
    }
    arma::uword places() const { return static_cast<arma::uword>(window_.y.output * window_.x.output); }
    arma::uword elements() const {
        return static_cast<arma::uword>(channels_ * window_.y.kernel * window_.x.kernel);
    }

    /// Of sample n of the maps under the window; good until the next call.
    arma::Mat<T> gather(const Tensor<T>& maps, std::int64_t n) {
        if (pointwise_) return asMaps(maps, n);
        const T* const sample = maps.data + n * maps.shape.size();
        forEachRow([&](T* row, std::int64_t mapRow, std::int64_t left, bool inside) {
            const WindowAxis& x = window_.x;
            for (std::int64_t o = 0; o < x.output; ++o) {
                const std::int64_t i = left + o * x.stride;
                row[o] = inside && i >= 0 && i < x.input ? sample[mapRow + i] : T(0);
            }
        });
        return alias();
    }
    /// A matrix to be filled with what scatter() shall add up into sample n.
    arma::Mat<T> target(const Tensor<T>& maps, std::int64_t n) {
        return pointwise_ ? asMaps(maps, n) : alias();
    }
    /// Overwrites sample n: each pixel with the sum of the patches' values that met it.
    void scatter(const Tensor<T>& maps, std::int64_t n) {
        if (pointwise_) return;
        T* const sample = maps.data + n * maps.shape.size();
        std::fill_n(sample, maps.shape.size(), T(0));
        forEachRow([&](const T* row, std::int64_t mapRow, std::int64_t left, bool inside) {
            if (!inside) return;
            const WindowAxis& x = window_.x;
            for (std::int64_t o = 0; o < x.output; ++o) {
                const std::int64_t i = left + o * x.stride;
                if (i >= 0 && i < x.input) sample[mapRow + i] += row[o];
            }
        });
    }

  private:
    static bool isPointwise(const WindowAxis& a) {
        return a.kernel == 1 && a.stride == 1 && a.before == 0 && a.after == 0;
    }
    arma::Mat<T> alias() { return arma::Mat<T>(matrix_.memptr(), places(), elements(), false, true); }

    /// Calls visit(row of the matrix' columns, offset of the map's row that it meets, column that its first
    /// value meets, whether that row exists) for each output row of each kernel element.
    template <class Visit>
    void forEachRow(Visit visit) {
        const auto& [y, x] = window_;
        T* row = matrix_.memptr();
        for (std::int64_t c = 0; c < channels_; ++c)
            for (std::int64_t ky = 0; ky < y.kernel; ++ky)
                for (std::int64_t kx = 0; kx < x.kernel; ++kx)
                    for (std::int64_t o = 0; o < y.output; ++o, row += x.output) {
                        const std::int64_t i = y.start(o) + ky * y.dilation;
                        const bool inside = i >= 0 && i < y.input;
                        visit(row, inside ? (c * y.input + i) * x.input : 0, x.start(0) + kx * x.dilation,
                              inside);
                    }
    }

    Window window_;
    std::int64_t channels_;
    bool pointwise_;
    arma::Mat<T> matrix_; // P × K; empty if pointwise
};

} // namespace burdock
