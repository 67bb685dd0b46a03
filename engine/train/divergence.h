#pragma once

#include "engine/schema/diagnostic.h"

#include <cstdint>
#include <optional>

namespace burdock {

/// Whether training has made a loss worse beyond all use; `first`: that of the first step. `unit`: what they
/// are told in (see lossUnit()).
bool hasDiverged(double loss, const std::optional<double>& first, double unit);

/// Of a loss at the end of an epoch, or on data held back.
Diagnostic diverged(std::int64_t step, double learningRate, double loss);

/// Where a value of the data is far beyond all others (see findOutlier()), it is at fault rather than the
/// learning rate. Other problems stay as they are.
Diagnostic explained(Diagnostic problem, const std::optional<Diagnostic>& outlier);

} // namespace burdock
