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
    return partNamed(folder->name) == SamplePart::Train;
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
        parts.push_back({SamplePart::Train, &top});
    }
    return parts;
}

} // namespace burdock
