#pragma once

#include "engine/data/picture.h"

#include <QImage>

namespace burdock {

/// The sample as a picture; values below 0 and above 1 are cut. `values` has shape.size() numbers.
QImage samplePicture(const Shape& shape, const float* values);

} // namespace burdock
