#pragma once

#include "engine/schema/diagnostic.h"

#include <filesystem>

namespace burdock {

/// The files of one data set; the test part may be missing (both empty).
struct IdxPaths {
    std::filesystem::path trainImages, trainLabels, testImages, testLabels;
};

/// Whether a file is named like part of an IDX data set: "t10k-images-idx3-ubyte.gz",
/// "train-labels.idx1-ubyte", "letters-test-images.idx".
bool isIdxName(const std::filesystem::path& path);

/// From any one file of a data set, or the folder it is in, to all of them, by their usual names. Refuses
/// images without labels, labels without images, and a folder with several data sets or none.
Result<IdxPaths> findIdxPaths(const std::filesystem::path& fileOrFolder);

} // namespace burdock
