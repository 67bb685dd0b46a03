#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace burdock {

/// What is wrong with the chunks of a PNG, a sentence; none where they are sound. libpng tells it as well,
/// but on the standard error stream, past Qt. `all`: to the end of the file, rather than to the first of its
/// pixels. What the pixels are packed into is left to libpng. Source: Portable Network Graphics, second
/// edition, 2003.
std::optional<std::string> faultOfPng(const std::filesystem::path& path, bool all);

} // namespace burdock
