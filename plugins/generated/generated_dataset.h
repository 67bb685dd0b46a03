#pragma once

#include "generators.h"

#include <memory>

namespace burdock {

/// Draws all points of a generator with these options. The same options give the same points everywhere.
Result<std::shared_ptr<const Dataset>> generate(const Generator& generator, const ParamValues& options);

} // namespace burdock
