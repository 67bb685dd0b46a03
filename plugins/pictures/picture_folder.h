#pragma once

#include "engine/schema/diagnostic.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace burdock {

struct PictureFile {
    std::filesystem::path path;
    std::int64_t kind = 0; ///< number of the class
    std::filesystem::path mask{};
};

/// What a folder of pictures holds, before any is read.
struct PictureFolder {
    bool masked = false;                 ///< pixels are labelled by masks, and there are no classes
    std::vector<std::string> classNames; ///< sorted
    std::vector<PictureFile> train, test;
};

/// Whether pictures lie in folders of this one, directly or below train/.
bool looksLikePictureFolder(const std::filesystem::path& folder);

/// Finds the pictures: one folder a class, or images/ and masks/ with files of the same names (but for their
/// endings), in the folder itself or in its train/ and test/. Refuses folders without pictures, with one
/// class only, test classes that are not trained, and pictures, also of the test, without a mask.
Result<PictureFolder> findPictures(const std::filesystem::path& folder);

} // namespace burdock
