#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace burdock {

/// What is wrong with the frames of an MP3 file, a sentence: bytes between them that are none, frames of
/// another kind, a frame that says what cannot be, or fewer than its first one tells. libmpg123, by which
/// libsndfile reads it, passes over most of that, and tells of it on the standard error stream. None where
/// they are sound, and for files of other formats. Source: ISO/IEC 11172-3, 2.4.1 and 2.4.2; ISO/IEC 13818-3,
/// 2.4.1; ID3v2.4.0, 3.1; the Xing header as LAME writes it.
std::optional<std::string> faultOfMp3(const std::filesystem::path& path);

} // namespace burdock
