#pragma once

#include "engine/data/dataset.h"
#include "engine/schema/param_spec.h"

#include <filesystem>

namespace burdock {

/// How arrays are read.
const std::vector<ParamSpec>& numpyParams();

/// Opens the arrays of a .npz archive, or of .npy files in one folder (see findArrayRoles, planInput and
/// ArrayTargets). Kept are bytes where the values are such, else floats. Values from 0 to 255 become 0 to 1,
/// others that are not within 0 and 1 are standardised.
/// Numbers that change little beside their size are kept less an offset. NaN among the inputs are missing
/// values. Refuses arrays that do not belong together, and more than fits into memory.
Result<std::shared_ptr<const Dataset>> openNumpy(const std::filesystem::path& fileOrFolder,
                                                 const ParamValues& options);

} // namespace burdock
