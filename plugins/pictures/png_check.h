#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace burdock {

/// What is wrong with a PNG, a sentence; none where it is sound. libpng tells it as well, but on the standard
/// error stream, past Qt. `all`: to the end of the file, with all pixels, rather than to the first of them.
/// Source: Portable Network Graphics, second edition, 2003.
std::optional<std::string> faultOfPng(const std::filesystem::path& path, bool all);

} // namespace burdock
