#pragma once

#include "column.h"
#include "table_options.h"
#include "table_source.h"

#include <algorithm>

namespace burdock {

/// How a table's text is laid out: given by the options, or guessed from the sample.
struct TableLayout {
    Start start;                ///< of the rows of data
    std::int64_t firstLine = 1; ///< of the header, or of the data where there is none
    bool header = false;
    std::vector<std::string> names; ///< of the columns; as many as there are
    bool rowNames = false;          ///< the first column has none in the header, as R writes it
    char decimal = '.';             ///< of columns that do not tell their own
    std::vector<ColumnFormat> formats;
    std::string guessed; ///< what was guessed, in a sentence
    std::vector<std::string> notes;

    std::size_t width() const { return names.size(); }
    std::size_t trailing = 0; ///< nameless empty columns behind the others, which are left out
    /// Whether a row has as many cells as there are columns. Empty ones more are left by delimiters at the
    /// end.
    bool fits(Cells cells) const {
        if (cells.size() < width() || cells.size() > width() + std::max<std::size_t>(1, trailing))
            return false;
        return std::all_of(cells.begin() + static_cast<std::ptrdiff_t>(width()), cells.end(),
                           [](std::string_view cell) { return cell.empty(); });
    }
};

/// A table whose like is read.
struct Example {
    char delimiter = ',', decimal = '.';
};

/// Refuses a sample that has one column only, where that is not enough. A table like another one has its
/// decimal sign where it does not tell its own.
Result<TableLayout> guessLayout(const TableSource& source, const TableOptions& options,
                                const std::optional<Example>& example = std::nullopt);

/// Whether the beginning of a text looks like a table rather than prose: its lines have equally many cells,
/// most of which are numbers or dates in some column, or parted by tabs.
bool looksLikeTable(std::string_view sample);

} // namespace burdock
