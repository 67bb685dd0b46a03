#include "picture_folder.h"

#include "files/problem.h"
#include "picture_format.h"

#include <algorithm>
#include <map>

namespace burdock {
namespace fs = std::filesystem;
namespace {

std::string lowered(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return text;
}

bool isPictureName(const fs::path& path) {
    const std::string ending = lowered(path.extension().string());
    return !path.filename().string().starts_with('.') &&
           std::ranges::any_of(pictureFormats, [&](const PictureFormat& format) {
               return std::ranges::find(format.endings, ending) != format.endings.end();
           });
}

std::vector<fs::path> foldersIn(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (it->is_directory(error) && !it->path().filename().string().starts_with('.'))
            found.push_back(it->path());
    std::sort(found.begin(), found.end());
    return found;
}

std::vector<fs::path> picturesIn(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error),
         end;
         !error && it != end; it.increment(error))
        if (it->is_regular_file(error) && isPictureName(it->path())) found.push_back(it->path());
    std::sort(found.begin(), found.end());
    return found;
}

/// The folder train/ (test/) of a folder, in any case; empty if there is none.
fs::path partOf(const fs::path& folder, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
        for (const fs::path& inner : foldersIn(folder))
            if (lowered(inner.filename().string()) == name) return inner;
    return {};
}

using ByClass = std::map<std::string, std::vector<fs::path>>;

ByClass classesIn(const fs::path& folder) {
    ByClass classes;
    for (const fs::path& inner : foldersIn(folder))
        if (auto pictures = picturesIn(inner); !pictures.empty())
            classes[inner.filename().string()] = std::move(pictures);
    return classes;
}

/// The pictures of images/ with their masks of masks/; none where there are not both folders.
Result<std::vector<PictureFile>> maskedIn(const fs::path& folder) {
    std::vector<PictureFile> found;
    const fs::path images = partOf(folder, {"images", "pictures"}),
                   masks = partOf(folder, {"masks", "labels"});
    if (images.empty() || masks.empty()) return found;
    // The files may be links: their own names count, not those of what they lead to.
    std::map<std::string, fs::path> byName;
    for (const fs::path& mask : picturesIn(masks))
        byName[mask.lexically_relative(masks).replace_extension().string()] = mask;
    for (const fs::path& picture : picturesIn(images)) {
        const auto mask = byName.find(picture.lexically_relative(images).replace_extension().string());
        if (mask == byName.end())
            return refuseFile(picture, "pictures.mask", "The picture has no mask.",
                              "There is no file of its name in " + masks.string() + ".",
                              "Add the mask, or remove the picture.");
        found.push_back({picture, 0, mask->second});
    }
    return found;
}

} // namespace

bool looksLikePictureFolder(const fs::path& folder) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) return false;
    for (fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error),
         end;
         !error && it != end; it.increment(error)) {
        if (it.depth() > 3) it.disable_recursion_pending();
        if (isPictureName(it->path())) return true;
    }
    return false;
}

Result<PictureFolder> findPictures(const fs::path& folder) {
    const fs::path trainFolder = partOf(folder, {"train", "training"});
    const fs::path testFolder = trainFolder.empty() ? fs::path() : partOf(folder, {"test", "val", "valid"});
    auto masked = maskedIn(trainFolder.empty() ? folder : trainFolder);
    if (!masked) return refuse(masked.error());
    if (!masked->empty()) {
        auto tests = testFolder.empty() ? Result<std::vector<PictureFile>>() : maskedIn(testFolder);
        if (!tests) return refuse(tests.error());
        if (tests->empty() && !picturesIn(testFolder).empty())
            return refuseFile(testFolder, "pictures.mask", "The test pictures have no masks.",
                              "The folder lacks images/ or masks/, and the pictures trained on have both.",
                              "Put the pictures into images/ and their masks into masks/, or remove the "
                              "folder.");
        return PictureFolder{true, {}, std::move(*masked), std::move(*tests)};
    }
    const ByClass train = classesIn(trainFolder.empty() ? folder : trainFolder);
    const ByClass test = testFolder.empty() ? ByClass{} : classesIn(testFolder);
    if (train.size() < 2)
        return refuseFile(
            folder, train.empty() ? "pictures.none" : "classes",
            train.empty() ? "The folder holds no pictures in folders of their class."
                          : "The folder holds one class only.",
            train.empty() ? "Looked for PNG, JPEG and BMP, one folder a class."
                          : "It is \"" + train.begin()->first + "\".",
            "Give a folder with one folder of pictures for each class, or with images/ and masks/.");
    PictureFolder found;
    for (const auto& [name, files] : train) {
        for (const fs::path& file : files)
            found.train.push_back({file, static_cast<std::int64_t>(found.classNames.size()), {}});
        found.classNames.push_back(name);
    }
    for (const auto& [name, files] : test) {
        const auto at = std::find(found.classNames.begin(), found.classNames.end(), name);
        if (at == found.classNames.end())
            return refuseFile(testFolder / name, "pictures.class",
                              "A class of the test pictures is missing among the training pictures.", "",
                              "Add pictures of \"" + name + "\" to train on, or remove the folder.");
        for (const fs::path& file : files)
            found.test.push_back({file, at - found.classNames.begin(), {}});
    }
    return found;
}

} // namespace burdock
