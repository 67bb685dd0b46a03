#pragma once

#include "engine/schema/diagnostic.h"

#include <filesystem>

namespace burdock {

/// A refusal of a data file; `code` becomes "data.<code>".
tl::unexpected<Diagnostic> refuseFile(const std::filesystem::path& path, std::string code, std::string what,
                                      std::string why, std::string mend);

} // namespace burdock
