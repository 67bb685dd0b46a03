#pragma once

#include "engine/schema/diagnostic.h"

#include <filesystem>
#include <string>
#include <vector>

namespace burdock {

/// A small table beside pictures, cells as they stand.
struct PictureTable {
    std::filesystem::path path;
    std::vector<std::string> columns; ///< names; numbers from 1 where it has no header
    std::vector<std::vector<std::string>> rows;
    bool decimalComma = false;

    /// The place of a column, by its name in any case or its number from 1; columns.size() if there is none.
    std::size_t find(const std::string& column) const;
};

/// Reads a table parted by tabs, semicolons or commas, whichever the first line has most of; its first row is
/// taken for the header. Refuses files that cannot be read, and more than 256 MB.
Result<PictureTable> readPictureTable(const std::filesystem::path& path);

} // namespace burdock
