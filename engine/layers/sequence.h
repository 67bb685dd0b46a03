#pragma once

#include "engine/schema/diagnostic.h"
#include "engine/tensor/shape.h"

namespace burdock {

/// The axes of a sequence's shape. The tokens of a sequence are the vector T × 1 × 1 of whole numbers.
struct Sequence {
    std::int64_t positions = 1;
    std::int64_t features = 1;

    explicit constexpr Sequence(const Shape& shape)
        : positions(shape.height)
        , features(shape.width) {}
};

/// The output of a layer that slides over maps or resizes them. Of a sequence it stays one where it can: of
/// one channel, and more than one value.
constexpr Shape alongSequence(const Shape& input, Shape output) {
    if (input.isSequence() && output.channels == 1 && !output.isFlat()) output.axes = Axes::Sequence;
    return output;
}

/// Refuses a shape that is no sequence, with a fix that embeds what may be tokens, or reads rows as
/// positions.
Status checkSequence(const Shape& shape);

} // namespace burdock
