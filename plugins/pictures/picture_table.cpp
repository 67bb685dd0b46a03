#include "picture_table.h"

#include "files/file_reader.h"
#include "files/lowered.h"
#include "files/problem.h"
#include "files/table_rows.h"
#include "files/text_encoding.h"
#include "picture_tree.h"

#include <algorithm>

namespace burdock {
namespace {

char delimiterOf(std::string_view text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    char best = ',';
    for (const char delimiter : {';', '\t'})
        if (std::ranges::count(line, delimiter) > std::ranges::count(line, best)) best = delimiter;
    return best;
}

} // namespace

std::size_t PictureTable::find(const std::string& column) const {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i] == column) return i;
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (lowered(columns[i]) == lowered(column) || std::to_string(i + 1) == column) return i;
    return columns.size();
}

Result<PictureTable> readPictureTable(const std::filesystem::path& path) {
    constexpr std::uint64_t most = 256u << 20;
    constexpr std::size_t sampleBytes = 1u << 20;
    auto text = readWhole(path, most);
    if (!text) return refuse(text.error());
    const std::string encoding = guessEncoding(std::string_view(*text).substr(0, sampleBytes));
    std::string utf8;
    TextDecoder(encoding).decode(std::string_view(*text).substr(markLength(*text, encoding)), true, utf8);
    const Dialect dialect{delimiterOf(utf8), utf8.find('\n') == std::string::npos ? '\r' : '\n'};
    std::size_t openQuote = std::string::npos;
    wholeRows(utf8, dialect, openQuote);
    if (openQuote != std::string::npos)
        return refuseFile(
            path, "pictures.table", "The table cannot be read: a quote is not closed.",
            "It is in line " +
                std::to_string(1 + std::count(utf8.begin(),
                                              utf8.begin() + static_cast<std::ptrdiff_t>(openQuote),
                                              dialect.lineEnd)) +
                ".",
            "Close it, or save the table as CSV again.");
    PictureTable table;
    table.path = path;
    table.decimalComma = dialect.delimiter != ',';
    RowCursor cursor(utf8, dialect);
    while (cursor.next()) {
        std::vector<std::string> row(cursor.cells().begin(), cursor.cells().end());
        if (table.columns.empty()) {
            table.columns = std::move(row);
            continue;
        }
        row.resize(table.columns.size());
        table.rows.push_back(std::move(row));
    }
    return table;
}

} // namespace burdock
