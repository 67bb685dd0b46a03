#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace burdock {

/// What is wrong with the chunks of a WAV or AIFF file, a sentence: that it ends before its last sample,
/// which libsndfile takes for a shorter recording. None where they are sound, or where the program that wrote
/// it did not know the length yet and said so, and for files of other formats. Source: Multimedia Programming
/// Interface and Data Specifications 1.0, 1991; AIFF 1.3, 1989.
std::optional<std::string> faultOfRiff(const std::filesystem::path& path);

} // namespace burdock
