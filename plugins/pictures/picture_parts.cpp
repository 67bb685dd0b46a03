#include "picture_parts.h"

#include <algorithm>

namespace burdock {
namespace {

std::vector<const PictureTree*> withPictures(const PictureTree& folder) {
    std::vector<const PictureTree*> found;
    for (const PictureTree& inner : folder.folders)
        if (inner.hasPictures()) found.push_back(&inner);
    return found;
}

bool isTrain(const PictureTree* folder) {
    return partNamed(folder->name) == PicturePart::Train;
}

/// A part may lie within a folder of its own name: seg_train/seg_train/.
const PictureTree* behindItself(const PictureTree* part) {
    for (;;) {
        const auto inner = withPictures(*part);
        if (!part->pictures.empty() || inner.size() != 1 || !partNamed(inner.front()->name)) return part;
        part = inner.front();
    }
}

/// The class is the folder around: cat/train/, cat/test/, dog/train/ …
bool arePartsWithinClasses(const std::vector<const PictureTree*>& folders) {
    return folders.size() >= 2 && std::ranges::all_of(folders, [](const PictureTree* kind) {
               const auto parts = withPictures(*kind);
               return kind->pictures.empty() && std::ranges::any_of(parts, isTrain) &&
                      std::ranges::all_of(
                          parts, [](const PictureTree* part) { return partNamed(part->name).has_value(); });
           });
}

/// "train" may be a class, beside "bus" and "car".
bool arePartsAround(const std::vector<const PictureTree*>& folders) {
    const auto hasFolders = [](const PictureTree* folder) {
        return isTrain(folder) && !withPictures(*folder).empty();
    };
    if (std::ranges::any_of(folders, hasFolders)) return true;
    return folders.size() >= 2 && std::ranges::any_of(folders, isTrain) &&
           std::ranges::all_of(folders,
                               [](const PictureTree* folder) { return partNamed(folder->name).has_value(); });
}

} // namespace

std::optional<PicturePart> partNamed(std::string name) {
    name = loweredName(std::move(name));
    std::erase_if(name, [](char c) { return c == '_' || c == '-' || c == ' ' || c == '.'; });
    for (const std::string_view ending : {"images", "pictures", "data", "set", "imgs"})
        if (name.size() > ending.size() && name.ends_with(ending)) name.resize(name.size() - ending.size());
    static const std::vector<std::pair<PicturePart, std::vector<std::string>>> names{
        {PicturePart::Train, {"train", "training", "trn", "segtrain"}},
        {PicturePart::Validation, {"val", "valid", "validation", "validate", "dev", "development", "segval"}},
        {PicturePart::Test, {"test", "testing", "tst", "eval", "evaluation", "holdout", "segtest"}}};
    for (const auto& [part, own] : names)
        if (std::ranges::find(own, name) != own.end()) return part;
    return std::nullopt;
}

std::vector<PartFolder> partsOf(const PictureTree& top) {
    const auto folders = withPictures(top);
    std::vector<PartFolder> parts;
    if (arePartsAround(folders)) {
        for (const PictureTree* folder : folders)
            if (const auto part = partNamed(folder->name)) parts.push_back({*part, behindItself(folder)});
    } else if (arePartsWithinClasses(folders)) {
        for (const PictureTree* kind : folders)
            for (const PictureTree* folder : withPictures(*kind))
                parts.push_back({*partNamed(folder->name), folder, kind->name});
    } else {
        parts.push_back({PicturePart::Train, &top});
    }
    return parts;
}

} // namespace burdock
