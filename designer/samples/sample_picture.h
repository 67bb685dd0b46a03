#pragma once

#include "engine/data/picture.h"

#include <QImage>
#include <QRect>

namespace burdock {

/// The sample as a picture; values below 0 and above 1 are cut. `values` has shape.size() numbers.
QImage samplePicture(const Shape& shape, const float* values);
/// The largest place in `room` that has the picture's proportions, in its middle.
QRect fittedInto(const QRect& room, const Shape& shape);

} // namespace burdock
