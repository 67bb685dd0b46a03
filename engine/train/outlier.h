#pragma once

#include "engine/data/split.h"
#include "engine/schema/diagnostic.h"

#include <optional>

namespace burdock {

/// A warning of the first column of a table, its numbers to predict included, that holds a value so far from
/// the others that these are all the same number beside it: a slip of the pen, or what stands for "unknown".
/// Where it is trained on, the column tells nothing; where it is measured on, the loss is no number. None
/// where there is no such column, or the data are no table.
std::optional<Diagnostic> findOutlier(const Dataset& data, const Split& split);

} // namespace burdock
