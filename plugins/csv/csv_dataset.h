#pragma once

#include "engine/data/dataset.h"
#include "engine/schema/param_value.h"

#include <filesystem>

namespace burdock {

/// Opens a table: one row a sample, one column the target (see planTarget), the others features (see
/// FeaturePlan). A missing feature is NaN (info().missingValues), rows without a target are left
/// out; info().doc says so. Refusals name line and column.
Result<std::shared_ptr<const Dataset>> openCsv(const std::filesystem::path& path, const ParamValues& options);

} // namespace burdock
