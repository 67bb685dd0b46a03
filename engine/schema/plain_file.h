#pragma once

#include "engine/schema/diagnostic.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace burdock {

/// What a path leads to if that is neither a plain file nor nothing at all, in words: "a pipe".
std::optional<std::string> otherThanPlain(const std::filesystem::path& path);

/// A whole file that somebody else may have made, as bytes. Refuses what is no plain file (a folder, a pipe,
/// a device, a file that waits for what may never come: reading them may never end) and what is larger than
/// `limit` bytes, which the message names.
Result<std::string> readPlainFile(const std::filesystem::path& path, std::uint64_t limit);

/// What can be done about a file that could not be opened, by its `errno`.
std::string mendOfUnopened(int error);

/// The largest model file that is read.
inline constexpr std::uint64_t largestModelFile = 8'000'000;

} // namespace burdock
