#pragma once

#include "manifest.h"

namespace burdock {

/// The data as read, under the name, with the class names, shape and units of the description. Refuses data
/// that do not fit it.
Result<std::shared_ptr<const Dataset>> describeDataset(std::shared_ptr<const Dataset> data,
                                                       const SampleDescription& description);

} // namespace burdock
