#include "sound_dataset.h"

#include "engine/schema/number_text.h"
#include "engine/tensor/saturated.h"
#include "files/byte_pictures.h"
#include "files/class_folder.h"
#include "files/content_hash.h"
#include "files/count_text.h"
#include "files/on_all_cores.h"
#include "files/problem.h"
#include "recording.h"
#include "sound_plan.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace burdock {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t mostBytes = 4ll << 30;
constexpr std::int64_t mostValues = 1ll << 24; // of one spectrogram

/// Calls work(index) for every file; what it throws is a refusal that names the file.
Status forEachFile(const std::vector<ClassFile>& files, const std::function<Status(std::size_t)>& work) {
    const auto explain = [&](std::size_t i, std::string why) {
        return refuseFile(files[i].path, "sound.damaged", "The recording cannot be read.", std::move(why),
                          "Replace the file, or remove it from the folder.")
            .value();
    };
    const Refusals refused = forEachOnAllCores(files.size(), work, explain);
    return refused.empty() ? Status() : refuse(refused.begin()->second);
}

Result<std::vector<RecordingInfo>> survey(const std::vector<ClassFile>& files) {
    std::vector<RecordingInfo> infos(files.size());
    const auto read = [&](std::size_t i) -> Status {
        const auto info = readRecordingInfo(files[i].path);
        if (!info) return refuse(info.error());
        infos[i] = *info;
        return {};
    };
    if (auto done = forEachFile(files, read); !done) return refuse(done.error());
    return infos;
}

class Transformer {
  public:
    Transformer(SoundPlan plan, bool sequence)
        : plan_(std::move(plan))
        , sequence_(sequence)
        , mel_(plan_.mel) {}

    Shape shape() const {
        return sequence_ ? Shape::sequence(plan_.frames(), plan_.mel.nMels)
                         : Shape{1, plan_.mel.nMels, plan_.frames()};
    }

    Status transform(const std::vector<ClassFile>& files, ByteSamples& samples) {
        const auto size = static_cast<std::size_t>(shape().size());
        samples.values.resize(files.size() * size);
        for (const ClassFile& file : files)
            samples.classes.push_back(file.kind);
        return forEachFile(files, [&](std::size_t i) -> Status {
            auto sound = readRecording(files[i].path, plan_.mel.sampleRate, plan_.samples);
            if (!sound) return refuse(sound.error());
            if (std::ranges::all_of(*sound, [](float sample) { return sample == 0; })) ++silent_;
            std::vector<float> decibels(size);
            mel_.compute(*sound, plan_.frames(), decibels.data());
            write(decibels, samples.values.data() + i * size);
            return {};
        });
    }

    bool anySilent() const { return silent_ > 0; }
    std::vector<std::string> notes() const {
        std::vector<std::string> notes;
        if (const std::int64_t empty = mel_.emptyBands(); empty > 0)
            notes.push_back(countText(empty, "band") + " of " + std::to_string(plan_.mel.nMels) +
                            (empty == 1 ? " is" : " are") +
                            " always empty: give fewer bands (n_mels) or a longer window (n_fft).");
        if (silent_ > 0) notes.push_back(silentNote());
        return notes;
    }

    std::string silentNote() const {
        return countText(silent_, "recording") + (silent_ == 1 ? " is" : " are") + " silent.";
    }

  private:
    void write(const std::vector<float>& decibels, std::uint8_t* bytes) const {
        const auto frames = static_cast<std::size_t>(plan_.frames()),
                   bands = static_cast<std::size_t>(plan_.mel.nMels);
        for (std::size_t i = 0; i < decibels.size(); ++i) {
            const double share = 1 + static_cast<double>(decibels[i]) / plan_.mel.topDb;
            const std::size_t at = sequence_ ? i % frames * bands + i / frames : i;
            bytes[at] = static_cast<std::uint8_t>(std::lround(255 * share));
        }
    }

    SoundPlan plan_;
    bool sequence_;
    MelSpectrogram mel_;
    std::atomic<std::int64_t> silent_ = 0;
};

void describe(DatasetInfo& info, const fs::path& folder, const SoundPlan& plan) {
    std::error_code error;
    const fs::path absolute = fs::absolute(folder, error);
    info.id = folder.string();
    info.title = (absolute.has_filename() ? absolute : absolute.parent_path()).filename().string();
    info.source = absolute.string();
    const MelSettings& mel = plan.mel;
    info.doc = "Recordings as log-mel spectrograms of " + std::to_string(mel.nMels) + " bands from " +
               shortestText(mel.fmin) + " to " + shortestText(mel.fmax) + " Hz in " +
               countText(plan.frames(), "window") + "; 1 is the loudest of a recording, 0 what lies " +
               shortestText(mel.topDb) + " dB below it.";
}

Status checkMemory(const fs::path& folder, const SoundPlan& plan, std::int64_t count) {
    const std::int64_t bytes = saturatedProduct(count, saturatedProduct(plan.mel.nMels, plan.frames()));
    if (bytes <= mostBytes) return {};
    return refuseFile(folder, "memory", "The spectrograms do not fit into memory.",
                      countText(count, "recording") + " of " + std::to_string(plan.mel.nMels) +
                          " bands and " + std::to_string(plan.frames()) + " windows take " +
                          std::to_string(bytes >> 20) + " MB.",
                      "Give a shorter duration, fewer bands (n_mels) or a longer hop_length.");
}

/// One recording, or all of a folder, with what those trained on were brought to.
NewSamplesResult readNewSounds(const fs::path& path, const SoundPlan& plan, bool sequence) {
    std::error_code error;
    std::vector<std::string> notes, names;
    std::vector<ClassFile> files;
    if (fs::is_directory(path, error)) {
        const auto found = findSamples(path, recordings(), notes);
        if (!found) return refuse(found.error());
        for (const fs::path& file : *found) {
            files.push_back({file});
            names.push_back(file.lexically_relative(path).string());
        }
    } else {
        files.push_back({path});
        names.push_back(path.filename().string());
    }
    if (auto done = checkMemory(path, plan, std::ssize(files)); !done) return refuse(done.error());
    const auto infos = survey(files);
    if (!infos) return refuse(infos.error());
    const double most = static_cast<double>(plan.samples) / static_cast<double>(plan.mel.sampleRate);
    const std::int64_t cut = std::ranges::count_if(*infos, [&](const RecordingInfo& info) {
        return static_cast<double>(info.frames - 1) / static_cast<double>(info.sampleRate) > most;
    });
    if (cut > 0)
        notes.push_back(countText(cut, "recording is", "recordings are") +
                        " longer than those trained on, and cut at the end after " + fixedText(most, 2) +
                        " s.");
    Transformer transformer(plan, sequence);
    ByteSamples samples;
    if (auto done = transformer.transform(files, samples); !done) return refuse(done.error());
    if (transformer.anySilent()) notes.push_back(transformer.silentNote());
    return makeNewBytes(std::move(samples.values), transformer.shape().size(), std::move(names),
                        std::move(notes));
}

} // namespace

Result<std::shared_ptr<const Dataset>> openSounds(const fs::path& folder, const ParamValues& values) {
    const SoundOptions options = SoundOptions::table().read(values);
    std::error_code error;
    if (!fs::is_directory(folder, error))
        return refuseFile(folder, "sound.file", "One recording has no classes to learn.", "",
                          "Give the folder that holds one folder of recordings for each class.");
    auto found = findClassFiles(folder, recordings(), options.namePart);
    if (!found) return refuse(found.error());
    const auto validation = std::ssize(found->validation);
    found->train.insert(found->train.end(), found->validation.begin(), found->validation.end());
    const auto trainInfos = survey(found->train), testInfos = survey(found->test);
    if (!trainInfos) return refuse(trainInfos.error());
    if (!testInfos) return refuse(testInfos.error());
    const auto plan = planSounds(folder, *trainInfos, *testInfos, options);
    if (!plan) return refuse(plan.error());

    const auto count = static_cast<std::int64_t>(found->train.size() + found->test.size());
    const std::int64_t each = saturatedProduct(plan->mel.nMels, plan->frames());
    if (each > mostValues)
        return refuseFile(folder, "sound.size", "A spectrogram would be too large.",
                          "It would have " + std::to_string(plan->mel.nMels) + " bands and " +
                              std::to_string(plan->frames()) + " windows.",
                          "Give a shorter duration, fewer bands (n_mels) or a longer hop_length.");
    const std::int64_t bytes = saturatedProduct(count, each);
    if (auto fits = checkMemory(folder, *plan, count); !fits) return refuse(fits.error());
    Transformer transformer(*plan, options.sequence);
    ByteSamples train, test;
    if (auto done = transformer.transform(found->train, train); !done) return refuse(done.error());
    if (auto done = transformer.transform(found->test, test); !done) return refuse(done.error());

    DatasetInfo info;
    describe(info, folder, *plan);
    info.input = transformer.shape();
    info.testShare = options.testShare;
    info.validationSize = validation;
    const std::size_t classes = found->classNames.size();
    info.task = classes == 2 ? Task::Binary : Task::Multiclass;
    info.targets = classes == 2 ? 1 : static_cast<std::int64_t>(classes);
    info.classNames = found->classNames;
    for (const auto& notes : {found->notes, plan->notes, transformer.notes()})
        info.notes.insert(info.notes.end(), notes.begin(), notes.end());
    info.notes.push_back("The spectrograms take " + std::to_string((bytes + (1 << 20) - 1) >> 20) +
                         " MB of memory.");
    const auto view = [](const auto& values) {
        return std::string_view(reinterpret_cast<const char*>(values.data()),
                                values.size() * sizeof(values[0]));
    };
    info.sha256 = sha256Hex({view(train.values), view(train.classes), view(test.values), view(test.classes)});
    const auto reader = [kept = *plan, sequence = options.sequence](const fs::path& path) {
        return readNewSounds(path, kept, sequence);
    };
    return makeByteDataset(std::move(info), std::move(train), std::move(test), reader, {"frequency", "time"});
}

const std::vector<ParamSpec>& soundParams() {
    return SoundOptions::table().specs();
}

} // namespace burdock
