#include "column_profile.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace burdock {
namespace {

std::string inQuotes(std::string_view text) {
    std::size_t size = 40;
    if (text.size() <= size) return "\"" + std::string(text) + "\"";
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
        --size; // not within a UTF-8 character
    return "\"" + std::string(text.substr(0, size)) + "…\"";
}

void count(ColumnProfile& column, std::string_view text, const Cell& cell, std::int64_t line) {
    if (cell.kind == CellKind::Missing) {
        ++column.missing;
        return;
    }
    if (cell.kind == CellKind::Text) {
        if (column.texts++ == 0) {
            column.firstTextLine = line;
            column.firstText = text;
        }
        return;
    }
    column.smallest = column.numbers == 0 ? cell.number : std::min(column.smallest, cell.number);
    column.largest = column.numbers == 0 ? cell.number : std::max(column.largest, cell.number);
    ++column.numbers;
    if (std::trunc(cell.number) != cell.number || std::abs(cell.number) > 1e15)
        column.integers = false;
    else if (column.whole.size() < ColumnProfile::wholeLimit)
        column.whole.insert(static_cast<std::int64_t>(cell.number));
}

/// Whether the first row names the columns: it holds no number (or names the target), and differs in kind
/// from what is below it; where all is text, none of it comes again below.
bool isHeader(const std::vector<std::string>& first, const std::vector<ColumnProfile>& below,
              const std::vector<bool>& comesAgain, bool decimalComma) {
    const auto& names = targetNames();
    bool number = false, namesTarget = false, kindDiffers = false, allText = true, distinct = true;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < first.size(); ++i) {
        const CellKind kind = readCell(first[i], decimalComma).kind;
        const bool numbersBelow = below[i].numbers > below[i].texts;
        number = number || kind == CellKind::Number || kind == CellKind::NotFinite;
        namesTarget = namesTarget || std::find(names.begin(), names.end(), lowered(first[i])) != names.end();
        kindDiffers = kindDiffers || (kind == CellKind::Text && numbersBelow);
        allText = allText && !numbersBelow;
        distinct = distinct && !first[i].empty() && !comesAgain[i] && seen.insert(first[i]).second;
    }
    if (namesTarget) return kindDiffers || distinct;
    return !number && (kindDiffers || (allText && distinct));
}

Status countWords(const CsvText& text, TableProfile& table) {
    const auto isText = [](const ColumnProfile& c) { return c.isText(); };
    if (std::none_of(table.columns.begin(), table.columns.end(), isText)) return {};
    return forEachDataRow(text, table, [&](CsvFields fields, std::int64_t) -> Status {
        for (std::size_t i = 0; i < fields.size(); ++i)
            if (table.columns[i].isText() &&
                readCell(fields[i], text.decimalComma()).kind != CellKind::Missing)
                ++table.columns[i].words[std::string(fields[i])];
        return {};
    });
}

} // namespace

const std::vector<std::string>& targetNames() {
    static const std::vector<std::string> names{"target", "label", "class", "species"};
    return names;
}

std::string lowered(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return result;
}

Result<TableProfile> profileTable(const CsvText& text) {
    TableProfile table;
    std::vector<std::string> first;
    std::vector<bool> comesAgain;
    std::int64_t firstLine = 0;
    const auto readRow = [&](CsvFields fields, std::int64_t line) -> Status {
        ++table.rows;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const Cell cell = readCell(fields[i], text.decimalComma());
            if (cell.kind == CellKind::NotFinite)
                return text.refuseAt(line, i + 1, "csv.number", "A number is too large.",
                                     inQuotes(fields[i]) + " is not finite in single precision.",
                                     "Give a finite number, or leave the field empty.");
            count(table.columns[i], fields[i], cell, line);
        }
        return {};
    };
    auto status = text.forEachRow([&](CsvFields fields, std::int64_t line) -> Status {
        if (first.empty()) {
            first.assign(fields.begin(), fields.end());
            firstLine = line;
            table.columns.resize(first.size());
            comesAgain.resize(first.size());
            return {};
        }
        if (fields.size() != first.size())
            return text.refuseAt(
                line, 0, "csv.ragged", "The row has another number of fields than the first.",
                "It has " + std::to_string(fields.size()) + ", the first row has " +
                    std::to_string(first.size()) + ".",
                "Give every row the same number of fields; quote those that contain the delimiter.");
        for (std::size_t i = 0; i < fields.size(); ++i)
            if (fields[i] == first[i]) comesAgain[i] = true;
        return readRow(fields, line);
    });
    if (!status) return tl::unexpected(status.error());

    table.header = isHeader(first, table.columns, comesAgain, text.decimalComma());
    if (!table.header) {
        const std::vector<std::string_view> fields(first.begin(), first.end());
        if (status = readRow(fields, firstLine); !status) return tl::unexpected(status.error());
    }
    if (table.rows < 2)
        return text.refuseAt(firstLine, 0, "csv.rows", "The table has too few rows.",
                             "There is " + std::string(table.rows == 0 ? "no row" : "one row") + " of data.",
                             "Give a table with at least two rows.");
    for (std::size_t i = 0; i < first.size(); ++i) {
        ColumnProfile& column = table.columns[i];
        column.name = table.header && !first[i].empty() ? first[i] : "column " + std::to_string(i + 1);
        if (column.isText() && column.numbers > column.texts)
            return text.refuseAt(column.firstTextLine, i + 1, "csv.number",
                                 inQuotes(column.firstText) + " is not a number.",
                                 "Most values of " + inQuotes(column.name) + " are numbers.",
                                 "Write a number, or leave the field empty if the value is missing.");
    }
    if (status = countWords(text, table); !status) return tl::unexpected(status.error());
    return table;
}

Status forEachDataRow(const CsvText& text, const TableProfile& table, const CsvRow& row) {
    bool skip = table.header;
    return text.forEachRow([&](CsvFields fields, std::int64_t line) -> Status {
        if (std::exchange(skip, false)) return {};
        return row(fields, line);
    });
}

} // namespace burdock
