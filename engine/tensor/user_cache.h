#pragma once

#include <filesystem>

namespace burdock {

/// The program's folder for what can be made again: `burdock` in XDG_CACHE_HOME, or else in ~/.cache. It need
/// not be there yet. Empty where there is no home folder.
std::filesystem::path userCacheFolder();

} // namespace burdock
