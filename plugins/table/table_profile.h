#pragma once

#include "dialect.h"

namespace burdock {

/// What a table holds, over all rows of data.
struct TableProfile {
    std::vector<ColumnProfile> columns;
    std::int64_t rows = 0;   ///< of data that have a cell for each column
    std::int64_t ragged = 0; ///< the others
    std::vector<std::string> notes;

    /// The column of this name, or of this name in other letters, or of this number from 1.
    std::optional<std::size_t> find(std::string_view name) const;
};

/// Goes over the table; where the sample misled on how a column is read, once more. Refuses a table in which
/// many rows have another number of cells, or many cells of a column of numbers are none, and one with fewer
/// than two rows.
Result<TableProfile> profileTable(const TableSource& source, const TableLayout& layout,
                                  const TableOptions& options);

/// The columns that a list of names names, parted by "+" where no column is called so. Refuses names that
/// there are none of; `option` is where they stand.
Result<std::vector<std::size_t>> namedColumns(const TableSource& source, const TableProfile& table,
                                              const std::string& names, const std::string& option);

/// A name as it is written in the options of a data set's reference.
std::string escaped(std::string_view name);

/// "a, b and 3 more"
std::string listed(const std::vector<std::string>& names);

/// A refusal of the file at a line, and at a column (from 1) unless that is 0.
tl::unexpected<Diagnostic> refuseAt(const TableSource& source, std::int64_t line, std::size_t column,
                                    std::string code, std::string what, std::string why, std::string mend);

} // namespace burdock
