#include "pictures_dataset.h"

#include "engine/tensor/saturated.h"
#include "engine/train/free_memory.h"
#include "engine/train/memory.h"
#include "files/content_hash.h"
#include "files/count_text.h"
#include "files/problem.h"
#include "kept_pictures.h"
#include "new_pictures.h"
#include "pictures_options.h"

#include <algorithm>
#include <array>

namespace burdock {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t mostBytes = 4ll << 30;
constexpr int usualSide = 256; ///< the longest that is taken where no size is given

std::string sized(const QSize& size) {
    return std::to_string(size.height()) + " × " + std::to_string(size.width());
}

/// The commonest size, no side longer than the usual.
QSize sizeOf(const Survey& known, const PictureOptions& options, std::vector<std::string>& notes) {
    const QSize usual = known.usualSize();
    std::size_t readable = 0, alike = 0;
    for (const Survey::One& picture : known.pictures) {
        readable += picture.size.isEmpty() ? 0 : 1;
        alike += !picture.size.isEmpty() && picture.size == usual ? 1 : 0;
    }
    QSize size = usual;
    if (options.size.height > 0 && options.size.width > 0)
        size = {static_cast<int>(options.size.width), static_cast<int>(options.size.height)};
    else if (std::max(usual.width(), usual.height()) > usualSide)
        size = usual.scaled(usualSide, usualSide, Qt::KeepAspectRatio).expandedTo({1, 1});
    if (alike < readable)
        notes.push_back("The commonest size is " + sized(usual) + " pixels (" + std::to_string(alike) +
                        " of " + std::to_string(readable) + "): all are scaled to cover " + sized(size) +
                        " and cut to it (option size).");
    else if (size != usual)
        notes.push_back("The pictures have " + sized(usual) + " pixels: they are scaled to cover " +
                        sized(size) + " and cut to it (option size).");
    return size;
}

/// Pictures whose targets are not one class each.
class TargetsDataset final : public Dataset {
  public:
    TargetsDataset(std::shared_ptr<const Dataset> pictures, std::vector<float> trainTargets,
                   std::vector<float> testTargets)
        : targets_{std::move(trainTargets), std::move(testTargets)}
        , pictures_(std::move(pictures)) {}
    const DatasetInfo& info() const override { return pictures_->info(); }
    void readInput(Part part, std::int64_t index, float* values) const override {
        pictures_->readInput(part, index, values);
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        std::copy_n(targets_[part == Part::Train ? 0 : 1].data() + index * info().targets, info().targets,
                    values);
    }
    NewSamplesResult readNew(const fs::path& path) const override { return pictures_->readNew(path); }

  private:
    std::vector<float> targets_[2];
    std::shared_ptr<const Dataset> pictures_;
};

class MaskedDataset final : public Dataset {
  public:
    MaskedDataset(std::shared_ptr<const Dataset> pictures, PixelLabels labels)
        : labels_{std::move(labels.train), std::move(labels.test)}
        , pictures_(std::move(pictures)) {}
    const DatasetInfo& info() const override { return pictures_->info(); }
    void readInput(Part part, std::int64_t index, float* values) const override {
        pictures_->readInput(part, index, values);
    }
    void readTarget(Part part, std::int64_t index, float* values) const override {
        const std::int64_t area = info().mask->area();
        const std::uint8_t* of = labels_[part == Part::Train ? 0 : 1].data() + index * area;
        for (std::int64_t label = 1; label <= info().mask->channels; ++label)
            for (std::int64_t i = 0; i < area; ++i)
                *values++ = of[i] == label ? 1.0f : 0.0f;
    }
    NewSamplesResult readNew(const fs::path& path) const override { return pictures_->readNew(path); }

  private:
    std::vector<std::uint8_t> labels_[2];
    std::shared_ptr<const Dataset> pictures_;
};

/// All masks are kept, a byte a pixel.
Status checkMemory(const fs::path& folder, const PictureFolder& found, const Shape& input) {
    if (!found.masked) return {};
    const auto count =
        static_cast<std::int64_t>(found.train.size() + found.validation.size() + found.test.size());
    const std::int64_t bytes = saturatedProduct(count, saturatedProduct(input.height, input.width));
    if (bytes <= mostBytes) return {};
    return refuseFile(folder, "memory", "The masks do not fit into memory.",
                      std::to_string(count) + " masks of " + std::to_string(input.height) + " × " +
                          std::to_string(input.width) + " take " + std::to_string(bytes >> 20) + " MB.",
                      "Give a smaller size: the option size=64x64.");
}

/// For decoded pictures, in bytes.
std::int64_t budgetOf(const PictureOptions& options) {
    constexpr std::int64_t megabyte = 1'000'000, whereUnknown = 1000 * megabyte;
    if (options.memory > 0) return options.memory * megabyte;
    const auto free = availableMemory();
    return free ? *free / 2 : whereUnknown;
}

std::vector<float> targetsOf(const std::vector<PictureFile>& files) {
    std::vector<float> targets;
    for (const PictureFile& file : files)
        targets.insert(targets.end(), file.targets.begin(), file.targets.end());
    return targets;
}

template <class T>
std::string_view bytesOf(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

void describe(DatasetInfo& info, const fs::path& folder, const PictureFolder& found,
              const PictureOptions& options) {
    std::error_code error;
    const fs::path absolute = fs::absolute(folder, error);
    info.id = folder.string();
    info.title = (absolute.has_filename() ? absolute : absolute.parent_path()).filename().string();
    info.source = absolute.string();
    info.testShare = options.testShare;
    info.task = found.task;
    info.targets = found.targets;
    info.classNames = found.classNames;
    info.standardiseTargets = found.task == Task::Regression;
    info.doc = found.masked ? "A folder of pictures with masks, one value or colour a label"
               : found.train.empty() || found.train.front().targets.empty()
                   ? "A folder of pictures in classes"
                   : "A folder of pictures with a table of labels";
    info.doc += "; pixel values are scaled from 0..255 to 0..1.";
}

FolderOptions folderOptions(const PictureOptions& options) {
    static constexpr std::array tasks{"auto", "classes", "number", "labels"};
    return {options.validation, options.labels, options.column,
            tasks[static_cast<std::size_t>(options.task)]};
}

/// Refuses a class of which every picture is left out.
Status checkClasses(const fs::path& folder, const PictureFolder& found) {
    if (found.masked || found.train.empty() || !found.train.front().targets.empty()) return {};
    std::vector<bool> any(found.classNames.size());
    for (const PictureFile& file : found.train)
        any[static_cast<std::size_t>(file.kind)] = true;
    const auto none = std::ranges::find(any, false);
    if (none == any.end()) return {};
    return refuseFile(folder, "pictures.none",
                      "No picture of the class \"" +
                          found.classNames[static_cast<std::size_t>(none - any.begin())] + "\" can be read.",
                      "", "Replace its files, or remove its folder.");
}

/// Pictures, with their files and what is said of them.
struct ReadFolder {
    PictureFolder found;
    Decoding how;
    KeptPictures train, test;
    std::int64_t validation = 0;
    std::string sha256{};
};

void noteKept(const ReadFolder& read, std::vector<std::string>& notes) {
    constexpr std::int64_t worthTelling = 500'000'000;
    const std::int64_t all = read.train.count() + read.test.count(),
                       kept = read.train.kept() + read.test.kept(),
                       bytes = read.train.bytes() + read.test.bytes();
    const std::string inMemory = " kept decoded, in " + bytesText(bytes) + " of memory";
    if (kept < all)
        notes.push_back("Of " + countText(all, "picture") + " " + std::to_string(kept) + " are" + inMemory +
                        "; the others are decoded again whenever they are read (option memory).");
    else if (bytes >= worthTelling)
        notes.push_back("All pictures are" + inMemory + " (option memory).");
}

/// Decodes all pictures once, which finds the damaged ones.
Status decodeFolder(ReadFolder& read, const PictureOptions& options, const LeaveOut& damaged,
                    std::vector<std::string>& notes, std::vector<std::string>& left) {
    std::int64_t budget = budgetOf(options);
    RemarkCounts counts{};
    Sha256 hash;
    const auto add = [&](KeptPictures& to, std::vector<PictureFile>& files) -> Status {
        const std::int64_t before = to.bytes();
        auto done = to.add(files, budget, damaged, hash, counts, left);
        budget -= to.bytes() - before;
        return done;
    };
    PictureFolder& found = read.found;
    if (auto done = add(read.train, found.train); !done) return done;
    if (auto done = add(read.train, found.validation); !done) return done;
    hash.add(bytesOf(read.train.classes()));
    if (auto done = add(read.test, found.test); !done) return done;
    hash.add(bytesOf(read.test.classes()));
    read.sha256 = hash.hex();
    read.validation = static_cast<std::int64_t>(found.validation.size());
    found.train.insert(found.train.end(), found.validation.begin(), found.validation.end());
    noteRemarks(counts, read.how.background, notes);
    noteKept(read, notes);
    return {};
}

Result<ReadFolder> readFolder(const fs::path& folder, const PictureOptions& options, DatasetInfo& info) {
    auto found = findPictures(folder, folderOptions(options));
    if (!found) return refuse(found.error());
    std::vector<std::string> left;
    const LeaveOut damaged{options.damaged == Damaged::Skip,
                           " The option damaged=skip leaves out all that cannot be read."};
    Refusals refused;
    const Survey known = survey(found->train, refused);
    if (auto done = leaveOut(found->train, refused, damaged, left); !done) return refuse(done.error());
    const QSize size = sizeOf(known, options, info.notes);
    const bool grey = options.colour == Colour::Grey || (options.colour == Colour::Auto && known.isGrey());
    info.input = {grey ? 1 : 3, size.height(), size.width()};
    if (auto done = checkMemory(folder, *found, info.input); !done) return refuse(done.error());
    Decoding how;
    how.shape = info.input;
    how.background = options.background == Background::White ? Qt::white : Qt::black;
    ReadFolder read{std::move(*found), how, KeptPictures(how), KeptPictures(how)};
    if (auto done = decodeFolder(read, options, damaged, info.notes, left); !done)
        return refuse(done.error());
    if (!left.empty())
        info.notes.push_back(countText(left.size(), "picture") + " cannot be read and " +
                             (left.size() == 1 ? "was" : "were") + " left out: " + fewOf(left) + ".");
    if (read.found.train.empty())
        return refuseFile(folder, "pictures.none", "No picture of the folder can be read.",
                          "Left out: " + fewOf(left) + ".", "Give a folder of whole pictures.");
    if (auto done = checkClasses(folder, read.found); !done) return refuse(done.error());
    return read;
}

} // namespace

Result<std::shared_ptr<const Dataset>> openPictures(const fs::path& folder, const ParamValues& values) {
    const PictureOptions options = pictureOptions().read(values);
    DatasetInfo info;
    auto read = readFolder(folder, options, info);
    if (!read) return refuse(read.error());
    PictureFolder& found = read->found;
    describe(info, folder, found, options);
    info.validationSize = read->validation;
    info.notes.insert(info.notes.begin(), found.notes.begin(), found.notes.end());
    const NewPictures further{read->how, {options.damaged == Damaged::Skip, {}}, found.masked};
    const NewReader reader = [further](const fs::path& path) { return readNewPictures(path, further); };
    info.sha256 = read->sha256;
    const auto pictures = [&] {
        return makePictureDataset(std::move(info), std::move(read->train), std::move(read->test), reader);
    };
    if (found.masked) {
        auto labels =
            readMasks(found.train, found.test, info.input, options.border, findMaskNames(found.others));
        if (!labels) return refuse(labels.error());
        info.notes.insert(info.notes.begin(), labels->notes.begin(), labels->notes.end());
        info.task = Task::Multilabel;
        info.mask =
            Shape{static_cast<std::int64_t>(labels->names.size()), info.input.height, info.input.width};
        info.targets = info.mask->size();
        info.classNames = labels->names;
        info.sha256 = sha256Hex({info.sha256, bytesOf(labels->train), bytesOf(labels->test)});
        return std::make_shared<MaskedDataset>(pictures(), std::move(*labels));
    }
    if (found.train.front().targets.empty()) return pictures();
    std::vector<float> train = targetsOf(found.train), test = targetsOf(found.test);
    info.sha256 = sha256Hex({info.sha256, bytesOf(train), bytesOf(test)});
    return std::make_shared<TargetsDataset>(pictures(), std::move(train), std::move(test));
}

const std::vector<ParamSpec>& pictureParams() {
    return pictureOptions().specs();
}

} // namespace burdock
