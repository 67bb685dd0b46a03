#pragma once

#include "engine/data/dataset.h"
#include "engine/schema/param_value.h"

#include <filesystem>

namespace burdock {

/// Opens a table: one row a sample, or so many rows (window=…), one or several columns the target (see
/// planTarget), the others features (see FeaturePlan). A missing feature is NaN (info().missingValues); rows
/// without a target are left out. info().notes says what was guessed, converted and left out. Where the
/// numbers are more than memory should hold, they stand in a file (see RowStore). Refusals name line and
/// column.
Result<std::shared_ptr<const Dataset>> openTable(const std::filesystem::path& path,
                                                 const ParamValues& options);

/// The same of a sheet of an Excel workbook.
Result<std::shared_ptr<const Dataset>> openWorkbook(const std::filesystem::path& path,
                                                    const ParamValues& options);
/// How a table's text may be read.
std::vector<ParamSpec> tableParams();
/// The same for a sheet: which one, and nothing of how text is written.
std::vector<ParamSpec> workbookParams();

} // namespace burdock
