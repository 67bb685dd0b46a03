#pragma once

#include "engine/schema/diagnostic.h"
#include "files/class_folder.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace burdock {

/// The recordings that are looked for: WAV, FLAC, OGG (Vorbis, Opus), MP3 and AIFF, as far as libsndfile
/// reads them.
const FileKind& recordings();

/// Whether a file's first bytes are those of one of the formats.
bool isRecording(const std::filesystem::path& path);

/// What a file's header tells.
struct RecordingInfo {
    std::int64_t sampleRate = 0; ///< Hz
    std::int64_t channels = 0;
    std::int64_t frames = 0; ///< samples of each channel
};

/// Refuses what is no recording, is cut off, or has nothing in it.
Result<RecordingInfo> readRecordingInfo(const std::filesystem::path& path);

/// The first `count` samples of a recording at `sampleRate`, the mean of its channels; fewer where it is
/// shorter. Its memory goes by `count`, whatever the file claims. Resampled by libsamplerate's band-limited
/// interpolation. Refuses what cannot be decoded and values that are not finite.
Result<std::vector<float>> readRecording(const std::filesystem::path& path, std::int64_t sampleRate,
                                         std::int64_t count);

} // namespace burdock
