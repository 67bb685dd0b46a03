#pragma once

#include "engine/schema/diagnostic.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace burdock {

struct PictureFile {
    std::filesystem::path path;
    std::int64_t kind = 0; ///< number of the class
};

/// What a folder of pictures holds, before any is read.
struct PictureFolder {
    std::vector<std::string> classNames; ///< sorted
    std::vector<PictureFile> train, test;
};

/// Whether pictures lie in folders of this one, directly or below train/.
bool looksLikePictureFolder(const std::filesystem::path& folder);

/// Finds the pictures: one folder a class, in the folder itself or in its train/ and test/. Refuses folders
/// without pictures, with one class only, and test classes that are not trained.
Result<PictureFolder> findPictures(const std::filesystem::path& folder);

} // namespace burdock
