#pragma once

#include "engine/data/task.h"
#include "engine/schema/diagnostic.h"
#include "files/sample_part.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace burdock {

struct PictureFile {
    std::filesystem::path path;
    std::int64_t kind = 0; ///< number of the class
    std::filesystem::path mask{};
    std::vector<float> targets{}; ///< of a table: numbers, or zeros and ones for labels
};

/// What pictures of a folder that is called validation/, val/, dev/ … are for.
enum class ValidationUse { Auto, Validation, Test, Train, Leave };

/// How a folder's pictures may be found and labelled.
struct FolderOptions {
    ValidationUse validation = ValidationUse::Auto;
    std::string labels;        ///< a table, as a path from the folder; empty: by the folders
    std::string column;        ///< of it, with the labels; several are parted by "+"
    std::string task = "auto"; ///< what they are: classes, number or labels
};

/// What a folder of pictures holds, before any is read.
struct PictureFolder {
    bool masked = false; ///< pixels are labelled by masks, and there are no classes
    Task task = Task::Multiclass;
    std::int64_t targets = 1;            ///< see DatasetInfo
    std::vector<std::string> classNames; ///< sorted; labels of a multilabel table
    std::vector<PictureFile> train, validation, test;
    std::vector<std::filesystem::path> others; ///< files that are no pictures, of the folder and its masks/
    std::vector<std::string> notes;            ///< as in DatasetInfo
};

/// Whether pictures lie in folders of this one, directly or below train/.
bool looksLikePictureFolder(const std::filesystem::path& folder);

/// Files that lie elsewhere, or that hold labels: their change is one of the data set.
std::vector<std::filesystem::path> filesBesidePictures(const std::filesystem::path& folder);

/// Finds the pictures: one folder a class; or images/ and masks/ with files of the same names (but for their
/// endings); or pictures whose labels stand in a table; in the folder itself, or parted into train/,
/// validation/ and test/ (or what else they are called), around or within the classes. A folder that holds
/// nothing but one other is gone through. Refuses folders without pictures, with one class only, test classes
/// that are not trained, and pictures, also of the test, without a mask. What is left out is told in notes.
Result<PictureFolder> findPictures(const std::filesystem::path& folder, const FolderOptions& options);

} // namespace burdock
