#include "engine/data/picture.h"

#include <algorithm>
#include <cmath>

namespace burdock {

void warpPicture(const Shape& shape, float* pixels, const Warp& warp, std::vector<float>& scratch) {
    const std::int64_t height = shape.height, width = shape.width, plane = height * width;
    scratch.assign(pixels, pixels + shape.size());
    const float centreX = static_cast<float>(width - 1) / 2, centreY = static_cast<float>(height - 1) / 2;
    const auto xx = static_cast<float>(warp.xx), xy = static_cast<float>(warp.xy),
               yx = static_cast<float>(warp.yx), yy = static_cast<float>(warp.yy);
    for (std::int64_t row = 0; row < height; ++row) {
        const float dy = static_cast<float>(row) - centreY;
        for (std::int64_t column = 0; column < width; ++column) {
            const float dx = static_cast<float>(column) - centreX;
            const float x = xx * dx + xy * dy + centreX, y = yx * dx + yy * dy + centreY;
            float* to = pixels + row * width + column;
            // Far outside also keeps the numbers below within the range of integers.
            if (!(x > -1 && y > -1 && x < static_cast<float>(width) && y < static_cast<float>(height))) {
                for (std::int64_t c = 0; c < shape.channels; ++c)
                    to[c * plane] = 0;
                continue;
            }
            const auto left = static_cast<std::int64_t>(std::floor(x)),
                       top = static_cast<std::int64_t>(std::floor(y));
            const float u = x - static_cast<float>(left), v = y - static_cast<float>(top);
            const bool inLeft = left >= 0, inRight = left + 1 < width, inTop = top >= 0,
                       inBottom = top + 1 < height;
            const float* at = scratch.data() + top * width + left;
            for (std::int64_t c = 0; c < shape.channels; ++c, at += plane) {
                const float a = inTop && inLeft ? at[0] : 0, b = inTop && inRight ? at[1] : 0;
                const float d = inBottom && inLeft ? at[width] : 0,
                            e = inBottom && inRight ? at[width + 1] : 0;
                to[c * plane] = (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * d + u * e);
            }
        }
    }
}

Resizer::Side::Side(std::int64_t from, std::int64_t to) {
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double radius = std::max(scale, 1.0);
    taps = std::min(from, 2 * static_cast<std::int64_t>(std::ceil(radius)) + 1);
    for (std::int64_t i = 0; i < to; ++i) {
        const double centre = (static_cast<double>(i) + 0.5) * scale - 0.5;
        const auto start =
            std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(centre - radius)), 0, from - taps);
        double total = 0;
        std::vector<double> raw;
        for (std::int64_t t = 0; t < taps; ++t) {
            raw.push_back(std::max(0.0, 1 - std::abs(static_cast<double>(start + t) - centre) / radius));
            total += raw.back();
        }
        first.push_back(start);
        for (const double weight : raw)
            weights.push_back(static_cast<float>(weight / total));
    }
}

Resizer::Resizer(const Shape& from, std::int64_t height, std::int64_t width)
    : from_(from)
    , height_(height)
    , width_(width)
    , rows_(from.height, height)
    , columns_(from.width, width) {}

void Resizer::apply(const float* pixels, float* to, std::vector<float>& scratch) const {
    scratch.resize(static_cast<std::size_t>(from_.height * width_));
    for (std::int64_t c = 0; c < from_.channels; ++c) {
        const float* plane = pixels + c * from_.height * from_.width;
        for (std::int64_t y = 0; y < from_.height; ++y)
            for (std::int64_t x = 0; x < width_; ++x) {
                const float* weight = columns_.weights.data() + x * columns_.taps;
                const float* at = plane + y * from_.width + columns_.first[static_cast<std::size_t>(x)];
                float sum = 0;
                for (std::int64_t t = 0; t < columns_.taps; ++t)
                    sum += weight[t] * at[t];
                scratch[static_cast<std::size_t>(y * width_ + x)] = sum;
            }
        float* out = to + c * height_ * width_;
        for (std::int64_t y = 0; y < height_; ++y) {
            const float* weight = rows_.weights.data() + y * rows_.taps;
            const float* at = scratch.data() + rows_.first[static_cast<std::size_t>(y)] * width_;
            std::fill_n(out + y * width_, width_, 0.0f);
            for (std::int64_t t = 0; t < rows_.taps; ++t)
                for (std::int64_t x = 0; x < width_; ++x)
                    out[y * width_ + x] += weight[t] * at[t * width_ + x];
        }
    }
}

void toGrey(const Shape& shape, const float* colour, float* grey) {
    const std::int64_t plane = shape.height * shape.width;
    for (std::int64_t i = 0; i < plane; ++i)
        grey[i] = 0.299f * colour[i] + 0.587f * colour[plane + i] + 0.114f * colour[2 * plane + i];
}

} // namespace burdock
