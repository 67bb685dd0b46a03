#include "sound_plan.h"

#include "engine/schema/number_text.h"
#include "files/count_text.h"
#include "files/problem.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

namespace burdock {
namespace {

constexpr double longestGuess = 30; // seconds
constexpr std::int64_t mostFrames = 128;

std::string hertz(double value) {
    return shortestText(value) + " Hz";
}

std::string seconds(std::int64_t samples, std::int64_t rate) {
    const double value = static_cast<double>(samples) / static_cast<double>(rate);
    return fixedText(value, value < 1 ? 3 : 2) + " s";
}

/// The rate that most have; the lower of two that are as frequent.
std::int64_t commonRate(std::span<const RecordingInfo> train) {
    std::map<std::int64_t, std::int64_t> counts;
    for (const RecordingInfo& info : train)
        ++counts[info.sampleRate];
    return std::ranges::max_element(counts, {}, [](const auto& c) { return c.second; })->first;
}

double durationOf(const RecordingInfo& info) {
    return static_cast<double>(info.frames) / static_cast<double>(info.sampleRate);
}

double commonDuration(std::span<const RecordingInfo> train) {
    std::vector<double> durations;
    for (const RecordingInfo& info : train)
        durations.push_back(durationOf(info));
    std::ranges::sort(durations);
    const std::size_t at = (durations.size() * 95 + 99) / 100 - 1;
    return durations[at];
}

std::string are(std::int64_t count) {
    return count == 1 ? " is " : " are ";
}

/// What is done to recordings of another rate, of several channels, and of another length.
class Conversions {
  public:
    Conversions(const SoundPlan& plan, const SoundOptions& options, bool capped)
        : plan_(plan)
        , options_(options)
        , capped_(capped) {}
    void count(std::span<const RecordingInfo> infos) {
        const double all = static_cast<double>(plan_.samples) / static_cast<double>(plan_.mel.sampleRate);
        const double tolerance = 1.0 / static_cast<double>(plan_.mel.sampleRate);
        for (const RecordingInfo& info : infos) {
            resampled_ += info.sampleRate != plan_.mel.sampleRate ? 1 : 0;
            lower_ += static_cast<double>(info.sampleRate) < 2 * plan_.mel.fmax ? 1 : 0;
            mixed_ += info.channels > 1 ? 1 : 0;
            padded_ += durationOf(info) < all - tolerance ? 1 : 0;
            cut_ += durationOf(info) > all + tolerance ? 1 : 0;
            const double ownWindow =
                static_cast<double>(plan_.mel.nFft) / static_cast<double>(plan_.mel.sampleRate);
            brief_ += durationOf(info) < ownWindow ? 1 : 0;
        }
    }
    void tell(std::vector<std::string>& notes) const {
        std::string rate = "The sample rate is " + hertz(static_cast<double>(plan_.mel.sampleRate)) +
                           (options_.sampleRate == 0 ? ", that most recordings have (sample_rate)" : "");
        if (resampled_ > 0)
            rate += "; " + countText(resampled_, "recording") + " of another" + are(resampled_) + "resampled";
        if (lower_ > 0)
            rate += ", " + std::to_string(lower_) + " of a lower one, with nothing in the highest bands";
        notes.push_back(rate + ".");
        if (mixed_ > 0)
            notes.push_back(countText(mixed_, "recording") + " of several channels" + are(mixed_) +
                            "mixed to one.");
        std::string length = "The length is " + seconds(plan_.samples, plan_.mel.sampleRate);
        if (options_.duration == 0)
            length += capped_ ? ", the most that is taken where none is given (duration)"
                              : ", which 95 % of the recordings do not exceed (duration)";
        if (padded_ > 0)
            length += "; " + countText(padded_, "shorter one") + are(padded_) + "continued by silence";
        if (cut_ > 0) length += "; " + countText(cut_, "longer one") + are(cut_) + "cut at the end";
        notes.push_back(length + ".");
        if (brief_ > 0)
            notes.push_back(countText(brief_, "recording") + are(brief_) + "shorter than one window.");
    }

  private:
    const SoundPlan& plan_;
    const SoundOptions& options_;
    bool capped_; ///< the guessed length
    std::int64_t resampled_ = 0, lower_ = 0, mixed_ = 0, padded_ = 0, cut_ = 0, brief_ = 0;
};

std::string windowsNote(const MelSettings& mel, const SoundOptions& options) {
    const auto milliseconds = [&](std::int64_t samples) {
        return fixedText(1000 * static_cast<double>(samples) / static_cast<double>(mel.sampleRate), 1) +
               " ms";
    };
    std::string guessed = options.nFft == 0 ? "n_fft" : "";
    if (options.hopLength == 0) guessed += guessed.empty() ? "hop_length" : ", hop_length";
    return "Windows are " + std::to_string(mel.nFft) + " samples long (" + milliseconds(mel.nFft) +
           ") and begin every " + std::to_string(mel.hopLength) + " (" + milliseconds(mel.hopLength) + ")" +
           (guessed.empty() ? "" : ", by the rate and the length (" + guessed + ")") + ".";
}

Status checkBands(const std::filesystem::path& folder, const MelSettings& mel) {
    const double half = static_cast<double>(mel.sampleRate) / 2;
    if (mel.fmax > half || mel.fmin >= mel.fmax)
        return refuseFile(folder, "sound.band",
                          mel.fmax > half ? "The highest frequency is beyond half of the sample rate."
                                          : "The lowest frequency is not below the highest.",
                          "Bands from " + hertz(mel.fmin) + " to " + hertz(mel.fmax) +
                              " are wanted at a sample rate of " +
                              hertz(static_cast<double>(mel.sampleRate)) + ".",
                          "Give fmin below fmax, and fmax of at most " + hertz(half) + ".");
    return {};
}

} // namespace

const ParamTable<SoundOptions>& SoundOptions::table() {
    using O = SoundOptions;
    static const ParamTable<O> t = [] {
        ParamTable<O> made;
        made.add(&O::sampleRate, {.key = "sample_rate",
                                  .label = "Sample rate",
                                  .minimum = 0,
                                  .maximum = 384000,
                                  .unit = "Hz",
                                  .doc = "All recordings are brought to it; 0: that most have.",
                                  .defaultText = "automatic"});
        made.add(&O::duration,
                 {.key = "duration",
                  .label = "Duration",
                  .minimum = 0,
                  .maximum = 600,
                  .unit = "s",
                  .doc = "All recordings are continued by silence or cut to it; 0: one that 95 % "
                         "of them do not exceed.",
                  .defaultText = "automatic"});
        made.add(&O::nMels, {.key = "n_mels",
                             .label = "Mel bands",
                             .minimum = 1,
                             .maximum = 512,
                             .doc = "Height of the spectrogram."});
        made.add(&O::nFft, {.key = "n_fft",
                            .label = "Window",
                            .minimum = 0,
                            .maximum = 65536,
                            .unit = "samples",
                            .doc = "Length of the Fourier transform; 0: a power of two of at least 25 ms.",
                            .defaultText = "automatic"});
        made.add(&O::hopLength,
                 {.key = "hop_length",
                  .label = "Hop",
                  .minimum = 0,
                  .maximum = 1e6,
                  .unit = "samples",
                  .doc = "From one window to the next; 0: 10 ms, or as many as make 128 windows.",
                  .defaultText = "automatic"});
        made.add(&O::fmin, {.key = "fmin",
                            .label = "Lowest frequency",
                            .minimum = 0,
                            .maximum = 192000,
                            .unit = "Hz",
                            .doc = "Where the lowest band begins.",
                            .advanced = true});
        made.add(&O::fmax, {.key = "fmax",
                            .label = "Highest frequency",
                            .minimum = 0,
                            .maximum = 192000,
                            .unit = "Hz",
                            .doc = "Where the highest band ends; 0: half of the sample rate.",
                            .advanced = true,
                            .defaultText = "automatic"});
        made.add(&O::topDb, {.key = "top_db",
                             .label = "Dynamic range",
                             .minimum = 1,
                             .maximum = 200,
                             .unit = "dB",
                             .doc = "What lies further below the loudest of a recording is 0, the loudest 1.",
                             .advanced = true});
        made.add(&O::sequence, {.key = "sequence",
                                .label = "As a sequence",
                                .doc = "Windows one after the other with a feature for each band, for "
                                       "recurrent layers, rather than a picture."});
        made.add(&O::namePart, {.key = "name_part",
                                .label = "Class in the name",
                                .minimum = 0,
                                .maximum = 100,
                                .doc = "Where all files lie in one folder: which part of their names is the "
                                       "class, from 1 on; 0: the first that repeats.",
                                .advanced = true});
        made.add(&O::testShare, {.key = "test_share",
                                 .label = "Test share",
                                 .minimum = 0,
                                 .maximum = 0.9,
                                 .doc = "Split off for the test where there is no folder test/."});
        return made;
    }();
    return t;
}

Result<SoundPlan> planSounds(const std::filesystem::path& folder, std::span<const RecordingInfo> train,
                             std::span<const RecordingInfo> others, const SoundOptions& options) {
    SoundPlan plan;
    MelSettings& mel = plan.mel;
    mel.sampleRate = options.sampleRate > 0 ? options.sampleRate : commonRate(train);
    const double rate = static_cast<double>(mel.sampleRate);
    const double common = commonDuration(train);
    const double duration = options.duration > 0 ? options.duration : std::min(common, longestGuess);
    plan.samples = std::max<std::int64_t>(1, std::llround(duration * rate));
    constexpr std::int64_t hopsASecond = 100, windowsASecond = 40, least = 16;
    mel.hopLength = options.hopLength > 0 ? options.hopLength
                                          : std::max({std::int64_t{1}, mel.sampleRate / hopsASecond,
                                                      (plan.samples + mostFrames - 1) / mostFrames});
    const std::int64_t window = std::max({least, mel.sampleRate / windowsASecond, 2 * mel.hopLength});
    constexpr std::uint64_t longestWindow = 65536;
    mel.nFft = options.nFft > 0 ? options.nFft
                                : static_cast<std::int64_t>(std::min(
                                      std::bit_ceil(static_cast<std::uint64_t>(window)), longestWindow));
    mel.nMels = options.nMels;
    mel.fmin = options.fmin;
    mel.fmax = options.fmax > 0 ? options.fmax : rate / 2;
    mel.topDb = options.topDb;
    if (auto done = checkBands(folder, mel); !done) return refuse(done.error());

    Conversions conversions(plan, options, common > longestGuess);
    conversions.count(train);
    conversions.count(others);
    conversions.tell(plan.notes);
    plan.notes.push_back(windowsNote(mel, options));
    if (mel.hopLength > mel.nFft)
        plan.notes.push_back("What lies between two windows is not heard: hop_length is longer than n_fft.");
    return plan;
}

} // namespace burdock
