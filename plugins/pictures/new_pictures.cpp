#include "new_pictures.h"

#include "engine/tensor/saturated.h"
#include "files/count_text.h"
#include "files/file_reader.h"
#include "files/problem.h"
#include "picture_format.h"
#include "picture_tree.h"

namespace burdock {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t mostBytes = 4ll << 30;

void collect(const PictureTree& folder, bool masked, std::vector<PictureFile>& files,
             std::vector<std::string>& others) {
    for (const fs::path& picture : folder.pictures)
        files.push_back({picture});
    for (const fs::path& other : folder.others)
        others.push_back(other.filename().string());
    const PictureTree* const masks = masked && imagesIn(folder) ? masksIn(folder) : nullptr;
    for (const PictureTree& inner : folder.folders)
        if (&inner != masks) collect(inner, masked, files, others);
}

Result<std::vector<PictureFile>> listPictures(const fs::path& folder, bool masked,
                                              std::vector<std::string>& notes) {
    const ScannedTree scanned = scanPictures(folder);
    std::vector<PictureFile> files;
    std::vector<std::string> others;
    collect(scanned.root, masked, files, others);
    if (files.empty())
        return refuseFile(folder, "pictures.none", "The folder holds no pictures.",
                          "Looked for " + pictureFormatNames() + ".", "Give a picture, or a folder of them.");
    if (!others.empty())
        notes.push_back(
            countText(std::ssize(others), "file is no picture and was", "files are no pictures and were") +
            " not read: " + fewOf(others) + ".");
    notes.insert(notes.end(), scanned.faults.begin(), scanned.faults.end());
    return files;
}

/// Digits are white on black in most data, and black on white on paper.
void noteGround(std::span<const std::uint8_t> values, const Shape& shape, double trained,
                std::vector<std::string>& notes) {
    constexpr double dark = 64, light = 191;
    if (trained > dark && trained < light) return;
    const bool onDark = trained <= dark;
    const auto each = static_cast<std::size_t>(shape.size());
    std::int64_t opposite = 0;
    for (std::size_t at = 0; at < values.size(); at += each) {
        const double own = groundOf(values.subspan(at, each), shape);
        opposite += onDark ? own >= light : own <= dark;
    }
    if (opposite == 0) return;
    notes.push_back(countText(opposite, "picture has", "pictures have") + " a " +
                    (onDark ? "light" : "dark") + " ground, and those trained on have a " +
                    (onDark ? "dark" : "light") + " one: where what they show is " +
                    (onDark ? "dark" : "light") + ", invert them, or the answers mean little.");
}

NewSamplesResult decodeNew(const fs::path& root, std::vector<PictureFile> files, const NewPictures& how,
                           std::vector<std::string> notes) {
    const std::int64_t each = how.decoding.shape.size(), bytes = saturatedProduct(std::ssize(files), each);
    if (bytes > mostBytes)
        return refuseFile(root, "memory", "The pictures do not fit into memory.",
                          std::to_string(files.size()) + " pictures of " + toString(how.decoding.shape) +
                              " take " + std::to_string(bytes >> 20) + " MB.",
                          "Give fewer of them at once.");
    RemarkCounts counts{};
    std::vector<std::string> left;
    auto samples = decodeAll(files, how.decoding, how.damaged, counts, left);
    if (!samples) return refuse(samples.error());
    if (files.empty())
        return refuseFile(root, "pictures.none", "No picture of the folder can be read.",
                          "Left out: " + fewOf(left) + ".", "Give a folder of whole pictures.");
    noteRemarks(counts, how.decoding.background, notes);
    if (!left.empty())
        notes.push_back(countText(std::ssize(left), "picture cannot be read and was",
                                  "pictures cannot be read and were") +
                        " left out: " + fewOf(left) + ".");
    if (how.ground) noteGround(samples->values, how.decoding.shape, *how.ground, notes);
    std::vector<std::string> names;
    for (const PictureFile& file : files)
        names.push_back(file.path == root ? root.filename().string()
                                          : file.path.lexically_relative(root).string());
    return makeNewBytes(std::move(samples->values), each, std::move(names), std::move(notes));
}

} // namespace

double groundOf(std::span<const std::uint8_t> values, const Shape& shape) {
    double sum = 0;
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < std::ssize(values); ++i) {
        const std::int64_t x = i % shape.width, y = i / shape.width % shape.height;
        if (x > 0 && y > 0 && x + 1 < shape.width && y + 1 < shape.height) continue;
        sum += values[static_cast<std::size_t>(i)];
        ++count;
    }
    return count > 0 ? sum / static_cast<double>(count) : 0;
}

bool mayBePictures(const fs::path& path) {
    std::error_code error;
    return fs::is_directory(path, error) || pictureFormatOf(firstBytes(path, 16)) != nullptr;
}

NewSamplesResult readNewPictures(const fs::path& path, const NewPictures& how) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
        std::vector<std::string> notes;
        auto files = listPictures(path, how.masked, notes);
        if (!files) return refuse(files.error());
        return decodeNew(path, std::move(*files), how, std::move(notes));
    }
    NewPictures one = how;
    one.damaged.damaged = false; // nothing would be left
    auto samples = decodeNew(path, {{path}}, one, {});
    if (samples) return samples;
    Diagnostic why = samples.error();
    why.mend = "Give a whole picture (" + pictureFormatNames() + "), or a folder of them.";
    return refuse(std::move(why));
}

} // namespace burdock
