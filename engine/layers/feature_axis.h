#pragma once

#include "engine/tensor/shape.h"

namespace burdock {

/// Where the features of one place lie within a sample: the channels of each pixel of a feature map and of
/// a vector; of a sequence the values of each position.
struct FeatureAxis {
    explicit constexpr FeatureAxis(const Shape& s)
        : sequence(s.isSequence())
        , features(sequence ? s.width : s.channels)
        , places(sequence ? s.height : s.area())
        , step(sequence ? 1 : s.area()) {}

    bool sequence;
    std::int64_t features; ///< at each place
    std::int64_t places;   ///< of a sample
    std::int64_t step;     ///< from one feature of a place to the next, in values

    /// Offset of a place's first feature within its sample.
    constexpr std::int64_t first(std::int64_t place) const { return sequence ? place * features : place; }
    /// Which feature the value at an offset within its sample is.
    constexpr std::int64_t featureOf(std::int64_t offset) const {
        return sequence ? offset % features : offset / step;
    }
    /// The shape with another number of features at each place.
    constexpr Shape with(const Shape& s, std::int64_t count) const {
        return sequence ? Shape::sequence(s.height, count) : Shape{count, s.height, s.width};
    }
};

} // namespace burdock
