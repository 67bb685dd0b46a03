#pragma once

#include "engine/schema/diagnostic.h"

#include <cstdint>
#include <filesystem>

namespace burdock {

/// A whole file that somebody else may have made, as bytes. Refuses what is no plain file (a folder, a pipe,
/// a device: reading them may never end) and what is larger than `limit` bytes, which the message names.
Result<std::string> readPlainFile(const std::filesystem::path& path, std::uint64_t limit);

/// The largest model file that is read.
inline constexpr std::uint64_t largestModelFile = 8'000'000;

} // namespace burdock
