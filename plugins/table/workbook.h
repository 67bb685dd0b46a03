#pragma once

#include "engine/schema/diagnostic.h"

#include <filesystem>
#include <string>
#include <vector>

namespace burdock {

/// A sheet of an Excel workbook as a table.
struct Sheet {
    std::string text; ///< comma separated values in UTF-8: dates as 2023-03-01 14:30:00, numbers with a point
    std::string name;
    bool first = true;               ///< of the workbook
    std::vector<std::string> others; ///< the workbook's other sheets
    std::int64_t formulas = 0;       ///< cells whose formula has no stored result
};

/// Reads a sheet of an .xlsx (ECMA-376, part 1): that of the name, else of the number from 1; the first where
/// `wanted` is empty. Refuses what is no workbook, a sheet that is not there ("data.xlsx.sheet"), is empty or
/// has formulas alone without results, cells beyond the last column, parts that are larger when inflated than
/// 1 GB, and sheets that are larger than 2 GB as text.
Result<Sheet> readWorkbook(const std::filesystem::path& path, const std::string& wanted);

/// Which of the sheets is read, and which there are besides.
std::string readSheetOnly(const Sheet& sheet);

/// The refusal of a workbook because of formulas whose results are not stored.
tl::unexpected<Diagnostic> withoutResults(const std::filesystem::path& path, std::int64_t formulas);

} // namespace burdock
