#pragma once

#include "engine/tensor/shape.h"

#include <vector>

namespace burdock {

/// Whether samples of this shape are pictures: grey or colour, more than a row.
constexpr bool isPicture(const Shape& shape) {
    return !shape.isSequence() && shape.height > 1 && shape.width > 1 &&
           (shape.channels == 1 || shape.channels == 3);
}

/// Where a pixel of the new picture comes from, in pixels from the centre:
/// x = xx·x' + xy·y', y = yx·x' + yy·y'.
struct Warp {
    double xx = 1, xy = 0, yx = 0, yy = 1;
};

/// Bends a picture in place, by bilinear sampling; what comes from outside is 0. `scratch` is memory for it.
void warpPicture(const Shape& shape, float* pixels, const Warp& warp, std::vector<float>& scratch);

/// Resizes pictures of one size to another: a triangle filter along each side, as wide as the pixels of the
/// coarser of the two, so that it interpolates bilinearly when enlarging and does not alias when reducing
/// (what PIL calls BILINEAR).
class Resizer {
  public:
    Resizer(const Shape& from, std::int64_t height, std::int64_t width);
    /// `to` is from.channels × height × width.
    void apply(const float* pixels, float* to, std::vector<float>& scratch) const;

  private:
    /// What each pixel of the new side is made of.
    struct Side {
        Side(std::int64_t from, std::int64_t to);
        std::vector<std::int64_t> first;
        std::int64_t taps = 0;
        std::vector<float> weights; ///< new pixels × taps
    };
    Shape from_;
    std::int64_t height_, width_;
    Side rows_, columns_;
};

/// Brightness of a colour picture's pixels, by ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B.
void toGrey(const Shape& shape, const float* colour, float* grey);

} // namespace burdock
