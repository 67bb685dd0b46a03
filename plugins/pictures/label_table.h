#pragma once

#include "picture_folder.h"

namespace burdock {

struct LabelledPicture {
    std::filesystem::path path;
    SamplePart part = SamplePart::Train;
    std::int64_t kind = 0;
    std::vector<float> targets{};
};

/// What tables say of pictures.
struct PictureLabels {
    Task task;
    std::int64_t targets = 1;
    std::vector<std::string> names; ///< of the classes, sorted, or of the labels; none of numbers
    std::vector<LabelledPicture> pictures;
    std::vector<std::filesystem::path> tables, unlabelled;
    std::vector<std::string> notes;
};

bool isTableName(const std::filesystem::path& path);

/// Finds the column with the names of the pictures, by what stands in it, and that with their labels, by its
/// name. Words and few whole numbers are classes, other numbers a regression, several columns of 0 and 1, or
/// words parted by "|", labels; a column "split" tells the part. Rows without a picture, and pictures without
/// a row or with an empty label, are counted in the notes, as are rows that say the same of a picture again;
/// those that contradict each other are refused. Nothing where no table names the pictures, which
/// is refused if the options name the table, as is a table whose labels cannot be told.
Result<std::optional<PictureLabels>> readLabels(const std::vector<std::filesystem::path>& tables,
                                                const std::filesystem::path& root,
                                                std::vector<LabelledPicture> pictures,
                                                const FolderOptions& options);

} // namespace burdock
