#pragma once

#include "engine/data/dataset.h"

#include <QString>

namespace burdock {

/// What a sample is: "28×28×1", "12 features", "64 tokens each".
QString inputWords(const Dataset& data);

} // namespace burdock
