#pragma once

#include "engine/data/dataset.h"
#include "engine/schema/param_spec.h"

#include <filesystem>

namespace burdock {

/// How a text may be read: its tokens, and the windows it is cut into.
const std::vector<ParamSpec>& textParams();

/// Opens a text as a data set for telling the next token. A sample is a window of tokens, its targets the
/// tokens that follow each. The last tenth is the test part. The class names are the tokens.
Result<std::shared_ptr<const Dataset>> openText(const std::filesystem::path& path,
                                                const ParamValues& options);

} // namespace burdock
