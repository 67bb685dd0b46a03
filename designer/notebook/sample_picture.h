#pragma once

#include "engine/data/dataset.h"
#include "engine/data/picture.h"

#include <QImage>

namespace burdock {

/// The sample as a picture; values below 0 and above 1 are cut. `values` has shape.size() numbers.
QImage samplePicture(const Shape& shape, const float* values);
/// "ankle boot", "7", or the number to predict.
QString targetText(const DatasetInfo& info, float target);

} // namespace burdock
