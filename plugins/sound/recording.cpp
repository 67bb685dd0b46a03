#include "recording.h"

#include "engine/data/reading.h"
#include "files/file_reader.h"
#include "files/lowered.h"
#include "files/problem.h"
#include "mp3_check.h"
#include "riff_check.h"

#include <samplerate.h>
#include <sndfile.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

namespace burdock {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 8> endings{".wav",  ".flac", ".ogg", ".oga",
                                                  ".opus", ".mp3",  ".aif", ".aiff"};

/// Whether a frame of MPEG audio, layer III, begins so (ISO/IEC 11172-3, 2.4.1.3), or a tag before the first.
bool isMp3(std::string_view start) {
    if (start.starts_with("ID3")) return true;
    if (start.size() < 3) return false;
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(start[i]); };
    const bool sync = at(0) == 0xff && (at(1) & 0xe0) == 0xe0, version = (at(1) & 0x18) != 0x08;
    const bool layer3 = (at(1) & 0x06) == 0x02, rate = (at(2) & 0xf0) != 0xf0 && (at(2) & 0x0c) != 0x0c;
    return sync && version && layer3 && rate;
}

tl::unexpected<Diagnostic> undecodable(const fs::path& path, std::string why) {
    return refuseFile(path, "sound.damaged", "The recording cannot be read.", std::move(why),
                      "Replace the file, or remove it from the folder.");
}

struct Opened {
    std::unique_ptr<SNDFILE, decltype(&sf_close)> file{nullptr, sf_close};
    RecordingInfo info;
    bool lengthIsExact = true;
};

std::string messageOf(SNDFILE* file) {
    std::string text = sf_strerror(file);
    while (!text.empty() && (text.back() == '.' || text.back() == '\n' || text.back() == ' '))
        text.pop_back();
    // What it says where a decoder cannot go on, whatever the reason.
    if (text.empty() || text.starts_with("File does not exist") || text.starts_with("Unspecified"))
        return "The file is damaged.";
    return text + ".";
}

/// libsndfile knows many formats more, some of them by a file's name alone; it is asked for those only that
/// the first bytes tell, for a folder of recordings may be a stranger's.
Result<Opened> open(const fs::path& path) {
    if (!isRecording(path))
        return undecodable(path, "Its contents are neither " + recordings().formats + ".");
    if (const auto fault = faultOfRiff(path)) return undecodable(path, *fault);
    if (isMp3(firstBytes(path, 12)))
        if (const auto fault = faultOfMp3(path)) return undecodable(path, *fault);
    SF_INFO info{};
    Opened opened;
    opened.file.reset(sf_open(path.c_str(), SFM_READ, &info));
    if (!opened.file) return undecodable(path, messageOf(nullptr));
    if (info.frames <= 0)
        return refuseFile(path, "sound.empty", "The recording is empty.", "It holds no sample.",
                          "Replace the file, or remove it from the folder.");
    if (info.samplerate <= 0 || info.channels <= 0)
        return undecodable(path, "It has " + std::to_string(info.channels) + " channels at a rate of " +
                                     std::to_string(info.samplerate) + " Hz.");
    opened.info = {info.samplerate, info.channels, info.frames};
    // OGG tells none before its last page, and MP3 may only be guessed by its size.
    const int format = info.format & SF_FORMAT_TYPEMASK;
    opened.lengthIsExact = format == SF_FORMAT_WAV || format == SF_FORMAT_WAVEX || format == SF_FORMAT_RF64 ||
                           format == SF_FORMAT_FLAC || format == SF_FORMAT_AIFF;
    return opened;
}

/// Up to `count` samples at the file's own rate, the channels mixed.
Result<std::vector<float>> readMixed(const fs::path& path, const Opened& opened, std::int64_t count) {
    const std::int64_t channels = opened.info.channels, wanted = std::min(count, opened.info.frames);
    const std::int64_t blockFrames = std::max<std::int64_t>(1, 16384 / channels);
    std::vector<float> block(static_cast<std::size_t>(blockFrames * channels)), mixed;
    mixed.reserve(static_cast<std::size_t>(std::min<std::int64_t>(wanted, 1 << 22)));
    while (std::ssize(mixed) < wanted) {
        continueReading();
        const sf_count_t got = sf_readf_float(
            opened.file.get(), block.data(), std::min<std::int64_t>(blockFrames, wanted - std::ssize(mixed)));
        if (sf_error(opened.file.get()) != SF_ERR_NO_ERROR)
            return undecodable(path, messageOf(opened.file.get()));
        if (got <= 0) break;
        for (sf_count_t frame = 0; frame < got; ++frame) {
            double sum = 0;
            for (std::int64_t c = 0; c < channels; ++c)
                sum += static_cast<double>(block[static_cast<std::size_t>(frame * channels + c)]);
            const auto sample = static_cast<float>(sum / static_cast<double>(channels));
            if (!std::isfinite(sample))
                return refuseFile(path, "sound.values", "The recording has a value that is no number.",
                                  "Sample " + std::to_string(std::ssize(mixed) + 1) + " is not finite.",
                                  "Replace the file, or remove it from the folder.");
            mixed.push_back(sample);
        }
    }
    if (mixed.empty() || (std::ssize(mixed) < wanted && opened.lengthIsExact))
        return undecodable(path, "It ends before its last sample: of " + std::to_string(opened.info.frames) +
                                     " there are " + std::to_string(mixed.size()) + ".");
    return mixed;
}

} // namespace

const FileKind& recordings() {
    static const FileKind kind{"sound", "recording", "recordings", "WAV, FLAC, OGG, MP3 or AIFF",
                               [](const fs::path& path) {
                                   const std::string ending = lowered(path.extension().string());
                                   return std::ranges::find(endings, ending) != endings.end();
                               }};
    return kind;
}

bool isRecording(const fs::path& path) {
    const std::string start = firstBytes(path, 12);
    const std::string_view form = start.size() == 12 ? std::string_view(start).substr(8) : std::string_view();
    if (start.starts_with("RIFF") || start.starts_with("RIFX") || start.starts_with("RF64"))
        return form == "WAVE";
    if (start.starts_with("FORM")) return form == "AIFF" || form == "AIFC";
    return start.starts_with("fLaC") || start.starts_with("OggS") || isMp3(start);
}

Result<RecordingInfo> readRecordingInfo(const fs::path& path) {
    const auto opened = open(path);
    if (!opened) return refuse(opened.error());
    return opened->info;
}

Result<std::vector<float>> readRecording(const fs::path& path, std::int64_t sampleRate, std::int64_t count) {
    const auto opened = open(path);
    if (!opened) return refuse(opened.error());
    const double ratio = static_cast<double>(sampleRate) / static_cast<double>(opened->info.sampleRate);
    const bool resample = opened->info.sampleRate != sampleRate;
    if (resample && src_is_valid_ratio(ratio) == 0)
        return undecodable(path, "Its rate of " + std::to_string(opened->info.sampleRate) +
                                     " Hz is too far from " + std::to_string(sampleRate) + " Hz.");
    // The filter looks at samples on both sides of each.
    constexpr double around = 256;
    const double taken = resample ? static_cast<double>(count) / ratio + around * std::max(1.0, 1 / ratio)
                                  : static_cast<double>(count);
    auto mixed = readMixed(path, *opened, static_cast<std::int64_t>(std::ceil(taken)));
    if (!mixed || !resample) return mixed;
    const auto length = static_cast<std::int64_t>(std::ceil(static_cast<double>(mixed->size()) * ratio));
    std::vector<float> samples(static_cast<std::size_t>(length));
    SRC_DATA data{};
    data.data_in = mixed->data();
    data.input_frames = static_cast<long>(mixed->size());
    data.data_out = samples.data();
    data.output_frames = static_cast<long>(length);
    data.src_ratio = ratio;
    if (const int failed = src_simple(&data, SRC_SINC_MEDIUM_QUALITY, 1); failed != 0)
        return undecodable(path, src_strerror(failed) + std::string("."));
    samples.resize(static_cast<std::size_t>(std::min<std::int64_t>(data.output_frames_gen, count)));
    return samples;
}

} // namespace burdock
