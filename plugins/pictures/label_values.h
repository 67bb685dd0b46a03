#pragma once

#include "engine/data/task.h"
#include "engine/schema/diagnostic.h"
#include "picture_table.h"

#include <optional>

namespace burdock {

/// The cells with the labels of a picture; none where it has no row.
using LabelRow = std::vector<std::string>;

struct LabelValue {
    std::int64_t kind = 0;
    std::vector<float> targets{};
};

/// What the cells of labels stand for.
struct LabelValues {
    Task task;
    std::int64_t targets = 1;
    std::vector<std::string> names;
    std::vector<std::optional<LabelValue>> of; ///< by row; nothing where a cell is empty
    std::vector<std::string> notes;
};

/// Whether all cells are 0 or 1, and both are there.
bool isZeroOrOne(const PictureTable& table, std::size_t column);

/// `columns`: their names. `task`: auto, classes, number or labels. Refuses one class only, and words where
/// numbers are asked for.
Result<LabelValues> readLabelValues(const PictureTable& table, const std::vector<std::string>& columns,
                                    const std::vector<LabelRow>& rows, const std::string& task);

} // namespace burdock
