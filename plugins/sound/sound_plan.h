#pragma once

#include "engine/schema/param_table.h"
#include "mel_spectrogram.h"
#include "recording.h"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace burdock {

struct SoundOptions {
    std::int64_t sampleRate = 0;
    double duration = 0;
    std::int64_t nFft = 0, hopLength = 0, nMels = 64;
    double fmin = 0, fmax = 0, topDb = 80;
    bool sequence = false;
    std::int64_t namePart = 0;
    double testShare = 0.2;

    static const ParamTable<SoundOptions>& table();
};

/// What all recordings are brought to.
struct SoundPlan {
    MelSettings mel;
    std::int64_t samples = 0;       ///< of every recording, at the mel settings' rate
    std::vector<std::string> notes; ///< what was guessed and is converted, a sentence each

    std::int64_t frames() const { return mel.framesOf(samples); }
};

/// The settings that the options leave open: the rate that most of `train` have, a length that 95 % of them
/// do not exceed, windows of at least 25 ms that begin every 10 ms, or further apart where a recording would
/// have more than 128 of them. `others` are those of the test, told in the notes. Refuses bands beyond half
/// of the rate.
Result<SoundPlan> planSounds(const std::filesystem::path& folder, std::span<const RecordingInfo> train,
                             std::span<const RecordingInfo> others, const SoundOptions& options);

} // namespace burdock
