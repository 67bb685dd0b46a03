#pragma once

#include "cell.h"
#include "csv_text.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace burdock {

/// What a column holds, over all rows of data.
struct ColumnProfile {
    std::string name;
    std::int64_t numbers = 0, texts = 0, missing = 0;
    double smallest = 0, largest = 0;
    bool integers = true;                      ///< every number is whole
    std::set<std::int64_t> whole;              ///< the whole numbers, up to `wholeLimit` of them
    std::map<std::string, std::int64_t> words; ///< of a text column: what is in it, how often
    std::int64_t firstTextLine = 0;
    std::string firstText;

    static constexpr std::size_t wholeLimit = 1001;
    bool isText() const { return texts > 0; }
    bool isEmpty() const { return texts == 0 && numbers == 0; }
};

struct TableProfile {
    std::vector<ColumnProfile> columns;
    bool header = false;
    std::int64_t rows = 0; ///< of data
};

/// Names that make a column the target, the first that is there.
const std::vector<std::string>& targetNames();
std::string lowered(std::string_view text);

/// Goes over the table. Refuses rows of unlike length, a column of numbers with a few words in it, numbers
/// that are not finite, and a table without rows.
Result<TableProfile> profileTable(const CsvText& text);

/// The rows of data alone, without the header.
Status forEachDataRow(const CsvText& text, const TableProfile& table, const CsvRow& row);

} // namespace burdock
