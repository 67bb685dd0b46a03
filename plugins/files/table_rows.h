#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace burdock {

/// How a table's text is cut into rows and cells.
struct Dialect {
    char delimiter = ','; ///< a blank: any run of blanks and tabs
    char lineEnd = '\n';  ///< a carriage return before it is dropped
};

using Cells = std::span<const std::string_view>;

/// Goes over the rows of a text. Cells lose blanks at both ends; one that begins with a quote ends with the
/// next, may hold delimiters and line ends, and two quotes in it are one. A quote within a cell is a
/// character.
class RowCursor {
  public:
    /// `text` begins with a row, and must outlive the cursor; its first line has the number `firstLine`.
    RowCursor(std::string_view text, Dialect dialect, std::int64_t firstLine = 1);
    /// Moves to the next row that is not blank; false where there is none.
    bool next();
    /// Of the row, valid until the next one.
    Cells cells() const { return cells_; }
    /// The line that the row begins on.
    std::int64_t line() const { return line_; }
    /// Where the next row begins.
    std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }
    std::int64_t nextLine() const { return nextLine_; }

  private:
    bool isBlankHere(char c) const { return c == ' ' || (c == '\t' && dialect_.delimiter != '\t'); }
    bool endsCell(char c) const;
    void readRow();
    void readQuoted();
    void readPlain();

    Dialect dialect_;
    const char *begin_, *at_, *end_;
    std::int64_t line_ = 0, nextLine_;
    std::vector<std::string_view> cells_;
    std::deque<std::string> unescaped_; ///< cells that had doubled quotes
};

/// How far `text`, which begins with a row, holds whole rows. `openQuote` becomes the place of a quote that
/// is not closed, or npos.
std::size_t wholeRows(std::string_view text, Dialect dialect, std::size_t& openQuote);

} // namespace burdock
