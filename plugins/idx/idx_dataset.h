#pragma once

#include "engine/data/dataset.h"

#include <filesystem>

namespace burdock {

/// Opens the data set that a file or folder belongs to (see findIdxPaths). Images are kept as bytes and
/// scaled to 0..1 when read. Refuses damaged files, and labels whose number, range or kind does not fit.
Result<std::shared_ptr<const Dataset>> openIdx(const std::filesystem::path& fileOrFolder);

} // namespace burdock
