#include "idx_dataset.h"

#include "engine/data/picture.h"
#include "engine/data/reading.h"
#include "files/byte_pictures.h"
#include "files/content_hash.h"
#include "files/file_reader.h"
#include "files/problem.h"
#include "idx_file.h"
#include "idx_names.h"
#include "picture_files/new_pictures.h"

#include <array>
#include <future>
#include <set>

namespace burdock {
namespace fs = std::filesystem;
namespace {

struct PartFiles {
    IdxFile images, labels;
};

Result<PartFiles> readPart(const fs::path& images, const fs::path& labels) {
    auto labelFile = readIdxFile(labels);
    if (!labelFile) return tl::unexpected(labelFile.error());
    if (labelFile->dims.size() != 1)
        return refuseFile(labels, "idx.labels", "The labels are not a list.",
                          "The file has " + std::to_string(labelFile->dims.size()) + " dimensions.",
                          "Give a labels file with one dimension (idx1).");
    auto imageFile = readIdxFile(images);
    if (!imageFile) return tl::unexpected(imageFile.error());
    if (imageFile->dims.size() < 2)
        return refuseFile(images, "idx.images", "The file holds a list, not images.", "",
                          "Give an images file with two to four dimensions (idx3).");
    if (imageFile->count() != labelFile->count())
        return refuseFile(labels, "idx.count", "The labels do not fit the images.",
                          "There are " + std::to_string(imageFile->count()) + " images and " +
                              std::to_string(labelFile->count()) + " labels.",
                          "Give two files that belong together.");
    return PartFiles{std::move(*imageFile), std::move(*labelFile)};
}

/// Samples × features, × height × width, or × channels × height × width.
Shape shapeOf(const std::vector<std::int64_t>& dims) {
    switch (dims.size()) {
    case 2:
        return {dims[1], 1, 1};
    case 3:
        return {1, dims[1], dims[2]};
    default:
        return {dims[1], dims[2], dims[3]};
    }
}

std::string_view bytes(const std::vector<std::uint8_t>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size()};
}

std::string hashOf(const PartFiles& train, const PartFiles& test) {
    return sha256Hex({train.images.header, bytes(train.images.values), train.labels.header,
                      bytes(train.labels.values), test.images.header, bytes(test.images.values),
                      test.labels.header, bytes(test.labels.values)});
}

std::string titleOf(const fs::path& images) {
    const std::string folder = fs::absolute(images).parent_path().filename().string();
    return folder.empty() ? images.filename().string() : folder;
}

/// "0, 1, 2" or "1 to 26"
std::string labelsText(const std::set<std::uint8_t>& labels) {
    const int first = *labels.begin(), last = *labels.rbegin();
    if (labels.size() > 2 && last - first + 1 == static_cast<int>(labels.size()))
        return std::to_string(first) + " to " + std::to_string(last);
    std::string text;
    for (const int label : labels)
        text += (text.empty() ? "" : ", ") + std::to_string(label);
    return text;
}

/// A class is the place of its label among those that there are: letters begin with 1.
ByteSamples samplesOf(PartFiles& files, const std::set<std::uint8_t>& labels) {
    std::array<std::int64_t, 256> classOf{};
    std::int64_t next = 0;
    for (const std::uint8_t label : labels)
        classOf[label] = next++;
    ByteSamples samples{std::move(files.images.values), {}};
    for (const std::uint8_t label : files.labels.values)
        samples.classes.push_back(classOf[label]);
    return samples;
}

NewSamplesResult readNewArray(const fs::path& path, const Shape& input) {
    auto images = readIdxFile(path);
    if (!images) return refuse(images.error());
    if (images->dims.size() < 2 || shapeOf(images->dims) != input)
        return refuseFile(path, "idx.shape", "The images differ from those trained on in size.",
                          images->dims.size() < 2 ? "The file holds a list."
                                                  : "They are " + toString(shapeOf(images->dims)) + ", not " +
                                                        toString(input) + ".",
                          "Give a file of images of the same size, or pictures, which are fitted to it.");
    std::vector<std::string> names;
    for (std::int64_t i = 1; i <= images->count(); ++i)
        names.push_back("image " + std::to_string(i));
    return makeNewBytes(std::move(images->values), input.size(), std::move(names), {});
}

/// Files of images, and pictures where the data's samples are such.
NewReader readerOf(const Shape& input, std::span<const std::uint8_t> trained) {
    constexpr std::int64_t enough = 1000;
    const auto few = static_cast<std::size_t>(std::min(std::ssize(trained), enough * input.size()));
    const double ground = groundOf(trained.first(few), input);
    return [input, ground](const fs::path& path) -> NewSamplesResult {
        if (isPicture(input) && mayBePictures(path))
            return readNewPictures(path, {.decoding = {.shape = input}, .ground = ground});
        return readNewArray(path, input);
    };
}

} // namespace

Result<std::shared_ptr<const Dataset>> openIdx(const fs::path& fileOrFolder) {
    const auto paths = findIdxPaths(fileOrFolder);
    if (!paths) return tl::unexpected(paths.error());
    const bool hasTest = !paths->testImages.empty();

    // To start a thread takes as long as to read a small file.
    constexpr std::uintmax_t small = 1u << 16;
    std::error_code error;
    const bool large = hasTest && fs::file_size(paths->testImages, error) > small && !error;
    const auto launch = large ? std::launch::async | std::launch::deferred : std::launch::deferred;
    const auto asked = ReadingScope::asked();
    auto testFuture = std::async(launch, [&]() -> Result<PartFiles> {
        if (!hasTest) return PartFiles{};
        const ReadingScope scope(asked);
        return readPart(paths->testImages, paths->testLabels);
    });
    auto train = readPart(paths->trainImages, paths->trainLabels);
    auto test = testFuture.get();
    if (!train) return tl::unexpected(train.error());
    if (!test) return tl::unexpected(test.error());

    DatasetInfo info;
    info.id = fileOrFolder.string();
    info.title = titleOf(paths->trainImages);
    info.doc = "Images and labels in the IDX format; pixel values are scaled from 0..255 to 0..1.";
    info.source = fs::absolute(paths->trainImages).parent_path().string();
    info.input = shapeOf(train->images.dims);
    if (hasTest && shapeOf(test->images.dims) != info.input)
        return refuseFile(
            paths->testImages, "idx.shape", "The test images differ from the training images in size.",
            "They are " + toString(shapeOf(test->images.dims)) + ", not " + toString(info.input) + ".",
            "Give files that belong together.");

    const std::set<std::uint8_t> trained(train->labels.values.begin(), train->labels.values.end());
    if (trained.size() < 2)
        return refuseFile(paths->trainLabels, "classes", "All labels are the same.",
                          "There is nothing to tell apart.", "Give data with at least two classes.");
    for (std::size_t i = 0; i < test->labels.values.size(); ++i)
        if (!trained.contains(test->labels.values[i]))
            return refuseFile(paths->testLabels, "idx.label", "A test label is none of the training labels.",
                              "Label " + std::to_string(i) + " is " + std::to_string(test->labels.values[i]) +
                                  "; the training labels are " + labelsText(trained) + ".",
                              "Give test labels of the same classes.");
    const auto classes = static_cast<std::int64_t>(trained.size());
    info.task = classes == 2 ? Task::Binary : Task::Multiclass;
    info.targets = classes == 2 ? 1 : classes;
    for (const std::uint8_t label : trained)
        info.classNames.push_back(std::to_string(label));
    if (*trained.rbegin() != classes - 1)
        info.notes.push_back("The classes are the labels that there are: " + labelsText(trained) + ".");
    info.sha256 = hashOf(*train, *test);
    const NewReader reader = readerOf(info.input, train->images.values);
    return makeByteDataset(std::move(info), samplesOf(*train, trained), samplesOf(*test, trained), reader);
}

} // namespace burdock
