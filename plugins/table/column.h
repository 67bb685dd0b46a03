#pragma once

#include "cell.h"
#include "date.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace burdock {

enum class ColumnType { Number, Date, Words };

/// How a column's cells are read.
struct ColumnFormat {
    ColumnType type = ColumnType::Number;
    char decimal = '.';
    DateOrder order = DateOrder::DayFirst;
    bool evident = false;   ///< some cell can be read in no other way
    bool ambiguous = false; ///< of dates: none tells whether day or month comes first, and some are both
    /// More cells that mark a missing value, such as -999; null: none.
    std::shared_ptr<const std::vector<std::string>> markers{};
    bool marksMissing(std::string_view text) const {
        if (markers)
            for (const std::string& marker : *markers)
                if (text == marker) return true;
        return isMissing(text, type == ColumnType::Words);
    }
    friend bool operator==(const ColumnFormat&, const ColumnFormat&) = default;
};

/// In how many ways the cells of a sample can be read.
struct ColumnEvidence {
    std::int64_t cells = 0, missing = 0;
    std::int64_t point = 0, comma = 0;                   ///< numbers if that is the decimal sign
    std::int64_t pointOnly = 0, commaOnly = 0;           ///< numbers with no other
    std::int64_t ambiguousPoint = 0, ambiguousComma = 0; ///< 1.824 and 1,824: fractions or thousands
    std::int64_t dayFirst = 0, monthFirst = 0;           ///< dates in that order
    std::int64_t ambiguousDates = 0;                     ///< that differ by that order
    std::int64_t fractions = 0;                          ///< numbers that are not whole
    std::set<std::string> words;                         ///< what is neither, up to `wordLimit` of them
    std::int64_t texts = 0;                              ///< how many cells are neither
    static constexpr std::size_t wordLimit = 1000;

    void add(std::string_view text);
    std::int64_t present() const { return cells - missing; }
    /// How its cells are read, if the rest of the table has `decimal`.
    ColumnFormat format(char decimal) const;
};

/// The decimal sign of a table by all its columns, where one of them does not tell its own; `otherwise`
/// where none tells.
char commonDecimal(const std::vector<ColumnEvidence>& columns, char delimiter,
                   std::optional<char> otherwise = std::nullopt);

/// Whole numbers, up to `limit` different ones.
class WholeNumbers {
  public:
    static constexpr std::size_t limit = 1001;
    void add(std::int64_t number);
    void add(const WholeNumbers& others);
    std::size_t size() const { return count_; }
    bool isFull() const { return count_ >= limit; }
    bool anyTwice() const { return twice_; } ///< before it was full
    std::vector<std::int64_t> sorted() const;

  private:
    void grow();
    std::vector<std::int64_t> slots_;
    std::vector<bool> used_;
    std::size_t count_ = 0;
    bool twice_ = false;
};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
template <class V>
using TextMap = std::unordered_map<std::string, V, TextHash, std::equal_to<>>;

/// A cell that could not be read as its column is.
struct OddCell {
    std::int64_t line = 0;
    std::string text;
};

/// What a column holds, over all rows of data, or over those of a block.
struct ColumnProfile {
    std::string name;
    ColumnFormat format;
    std::int64_t numbers = 0, missing = 0; ///< dates count as numbers: their seconds
    std::int64_t odd = 0;                  ///< neither: in a column of words, what is no UTF-8
    std::int64_t otherSign = 0;            ///< odd, but a number with the other decimal sign
    std::vector<OddCell> firstOdd;         ///< up to three
    TextMap<std::int64_t> oddTexts;        ///< up to two, how often
    double smallest = 0, largest = 0;
    bool integers = true;
    WholeNumbers whole; ///< as long as `integers` holds
    double first = 0, last = 0;
    bool countsUp = true;       ///< by one from row to row
    std::int64_t sentinels = 0; ///< cells of -999 or -9999
    std::int64_t grouped = 0, currency = 0, percent = 0;
    std::int64_t times = 0, dates = 0; ///< cells with a time, and with a date
    TextMap<std::int64_t> words;       ///< of a column of words: what is in it, how often
    bool tooManyWords = false;         ///< not all of them are in `words`

    static constexpr std::size_t wordLimit = 100'000;
    bool isWords() const { return format.type == ColumnType::Words; }
    bool isDate() const { return format.type == ColumnType::Date; }
    bool isEmpty() const { return numbers == 0 && words.empty(); }
    std::int64_t present() const;

    void add(std::string_view text, std::int64_t line);
    /// Those of the rows that follow.
    void append(ColumnProfile&& next);

  private:
    void addNumber(double number);
    void addOdd(std::string_view text, std::int64_t line);
};

/// A cell as its column is read: a number, or seconds; nothing where it is missing or odd. Not of words.
std::optional<double> readValue(std::string_view text, const ColumnFormat& format);

/// Whether a text holds bytes that are no UTF-8, or zero bytes; and the same text with U+FFFD for them.
bool isOddText(std::string_view text);
std::string mendedText(std::string_view text);

/// A number as people write it: whole ones without an exponent.
std::string plainText(double number);

/// The text in quotes, cut to what a message can bear and mended where it is no UTF-8.
std::string inQuotes(std::string_view cell);

} // namespace burdock
