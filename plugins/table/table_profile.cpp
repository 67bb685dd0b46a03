#include "table_profile.h"

#include "engine/schema/name_list.h"
#include "files/lowered.h"
#include "files/problem.h"

#include <algorithm>

namespace burdock {
namespace {

constexpr std::int64_t few = 20; ///< one of so many may be wrong

struct RaggedRow {
    std::int64_t line = 0;
    std::size_t cells = 0;
};

struct BlockProfile {
    std::vector<ColumnProfile> columns;
    std::int64_t rows = 0, ragged = 0;
    std::vector<RaggedRow> firstRagged;
};

std::vector<ColumnProfile> emptyColumns(const TableLayout& layout, const std::vector<ColumnFormat>& formats) {
    std::vector<ColumnProfile> columns(layout.width());
    for (std::size_t i = 0; i < columns.size(); ++i)
        columns[i].format = formats[i];
    return columns;
}

BlockProfile profileBlock(const TextBlock& block, const TableLayout& layout,
                          const std::vector<ColumnFormat>& formats) {
    constexpr std::size_t mostNamed = 3;
    BlockProfile profile;
    profile.columns = emptyColumns(layout, formats);
    const std::size_t width = layout.width();
    RowCursor cursor(block.text, layout.start.dialect, block.firstLine);
    while (cursor.next()) {
        const Cells cells = cursor.cells();
        if (!layout.fits(cells)) {
            ++profile.ragged;
            if (profile.firstRagged.size() < mostNamed)
                profile.firstRagged.push_back({cursor.line(), cells.size()});
            continue;
        }
        ++profile.rows;
        for (std::size_t i = 0; i < width; ++i)
            profile.columns[i].add(cells[i], cursor.line());
    }
    return profile;
}

Result<BlockProfile> profileAll(const TableSource& source, const TableLayout& layout,
                                const std::vector<ColumnFormat>& formats) {
    BlockProfile all;
    all.columns = emptyColumns(layout, formats);
    const auto status = source.overBlocks(
        layout.start, [&](const TextBlock& block) { return profileBlock(block, layout, formats); },
        [&](BlockProfile next) -> Status {
            all.rows += next.rows;
            all.ragged += next.ragged;
            for (const RaggedRow& row : next.firstRagged)
                if (all.firstRagged.size() < 3) all.firstRagged.push_back(row);
            for (std::size_t i = 0; i < all.columns.size(); ++i)
                all.columns[i].append(std::move(next.columns[i]));
            return {};
        });
    if (!status) return tl::unexpected(status.error());
    return all;
}

/// How the column is better read, now that all of it is known.
ColumnFormat revised(const ColumnProfile& column, const TableOptions& options) {
    ColumnFormat format = column.format;
    if (column.odd == 0 || column.isWords()) return format;
    if (format.type == ColumnType::Number && !format.evident && options.decimal == "auto" &&
        2 * column.otherSign > column.odd) {
        format.decimal = format.decimal == '.' ? ',' : '.';
        format.evident = true;
        return format;
    }
    if (column.odd <= column.numbers) return format;
    const auto allDates = [&](DateOrder order) {
        return std::all_of(column.firstOdd.begin(), column.firstOdd.end(),
                           [order](const OddCell& cell) { return readDate(cell.text, order).has_value(); });
    };
    if (format.type == ColumnType::Date && !format.evident) {
        format.order = format.order == DateOrder::DayFirst ? DateOrder::MonthFirst : DateOrder::DayFirst;
        format.evident = true;
    } else if (format.type == ColumnType::Number &&
               (allDates(DateOrder::DayFirst) || allDates(DateOrder::MonthFirst))) {
        format.type = ColumnType::Date;
        format.order = allDates(DateOrder::DayFirst) ? DateOrder::DayFirst : DateOrder::MonthFirst;
    } else {
        format.type = ColumnType::Words;
    }
    return format;
}

std::string cellsText(const ColumnProfile& column) {
    std::string text;
    for (const OddCell& cell : column.firstOdd)
        text += (text.empty() ? "" : ", ") + inQuotes(cell.text) + " in line " + std::to_string(cell.line);
    return text + (column.odd > static_cast<std::int64_t>(column.firstOdd.size()) ? ", …" : "");
}

/// Odd cells become missing ones, where they are few or all the same word.
Status settleOdd(const TableSource& source, TableProfile& table, std::size_t index) {
    ColumnProfile& column = table.columns[index];
    if (column.odd == 0) return {};
    const std::string name = inQuotes(column.name), count = std::to_string(column.odd);
    if (column.isWords()) {
        table.notes.push_back(count + (column.odd == 1 ? " cell of " : " cells of ") + name +
                              (column.odd == 1 ? " is not of the file's encoding and counts as missing: "
                                               : " are not of the file's encoding and count as missing: ") +
                              cellsText(column) + ".");
    } else if (column.oddTexts.size() == 1 && column.odd > 1) {
        table.notes.push_back(inQuotes(column.firstOdd[0].text) + " stands for a missing value in " + count +
                              " cells of " + name + ".");
    } else if (column.odd * few <= column.numbers + column.odd) {
        table.notes.push_back(count + (column.odd == 1 ? " cell of " : " cells of ") + name +
                              (column.odd == 1 ? " is no " : " are no ") +
                              (column.isDate() ? "date" : "number") +
                              (column.odd == 1 ? " and counts as missing: " : " and count as missing: ") +
                              cellsText(column) + ".");
    } else {
        return refuseAt(
            source, column.firstOdd[0].line, index + 1, "csv.number",
            inQuotes(column.firstOdd[0].text) + " is not a " + (column.isDate() ? "date." : "number."),
            "Most values of " + name + " are " + (column.isDate() ? "dates" : "numbers") + ", but " + count +
                " are not.",
            "Write a value, leave the cell empty if it is missing, or read the column as words (words=" +
                column.name + ").");
    }
    column.missing += column.odd;
    column.odd = 0;
    return {};
}

void noteSentinels(TableProfile& table) {
    for (const ColumnProfile& column : table.columns)
        if (column.sentinels > 1 && (column.smallest == -999 || column.smallest == -9999) &&
            column.largest < -column.smallest / 10)
            table.notes.push_back(plainText(column.smallest) + " stands in " +
                                  std::to_string(column.sentinels) + " cells of " + inQuotes(column.name) +
                                  ", far from its other numbers: if it marks missing values, say missing=" +
                                  plainText(column.smallest) + ".");
}

/// `decimal`: of most columns.
void noteNumbers(TableProfile& table, char decimal) {
    const auto note = [&](std::int64_t ColumnProfile::*count, const std::string& what) {
        std::vector<std::string> names;
        std::int64_t cells = 0;
        for (const ColumnProfile& column : table.columns)
            if (column.*count > 0) {
                names.push_back(column.name);
                cells += column.*count;
            }
        if (!names.empty())
            table.notes.push_back(std::to_string(cells) + " cells are numbers " + what + ": in " +
                                  listed(names) + ".");
    };
    note(&ColumnProfile::grouped, "with separators of thousands");
    note(&ColumnProfile::currency, "with a currency, which is dropped");
    note(&ColumnProfile::percent, "with a percent sign, which is dropped: 45 % is 45");
    std::vector<std::string> others;
    for (const ColumnProfile& column : table.columns)
        if (column.format.type == ColumnType::Number && column.format.decimal != decimal && !column.isEmpty())
            others.push_back(column.name);
    if (!others.empty())
        table.notes.push_back((decimal == '.' ? "Decimal commas in " : "Decimal points in ") +
                              listed(others) + ".");
}

} // namespace

std::string escaped(std::string_view name) {
    std::string text;
    for (const char c : name) {
        if (c == '+' || c == ',' || c == ';') text += '\\';
        text += c;
    }
    return text;
}

std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t most = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
        text += (i ? ", " : "") + names[i];
    if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
    return text;
}

tl::unexpected<Diagnostic> refuseAt(const TableSource& source, std::int64_t line, std::size_t column,
                                    std::string code, std::string what, std::string why, std::string mend) {
    auto refusal =
        refuseFile(source.path(), std::move(code), std::move(what), std::move(why), std::move(mend));
    refusal.value().where += ", line " + std::to_string(line);
    if (column > 0) refusal.value().where += ", column " + std::to_string(column);
    return refusal;
}

std::optional<std::size_t> TableProfile::find(std::string_view name) const {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].name == name) return i;
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (lowered(columns[i].name) == lowered(name) || std::to_string(i + 1) == name) return i;
    return std::nullopt;
}

Result<std::vector<std::size_t>> namedColumns(const TableSource& source, const TableProfile& table,
                                              const std::string& names, const std::string& option) {
    std::vector<std::size_t> all;
    if (names.empty()) return all;
    if (const auto whole = table.find(names)) return std::vector{*whole};
    for (const std::string& name : partedNames(names)) {
        const auto found = table.find(name);
        if (!found) {
            std::string there;
            for (std::size_t i = 0; i < table.columns.size() && i < 20; ++i)
                there += (i ? ", " : "") + escaped(table.columns[i].name);
            return refuseFile(source.path(), "csv.target", "There is no column \"" + name + "\".",
                              "The columns are: " + there + (table.columns.size() > 20 ? ", …" : "") + ".",
                              "Give one of them as " + option +
                                  "; several are parted by +, and a backslash stands before a plus or "
                                  "a comma that is part of a name.");
        }
        if (std::find(all.begin(), all.end(), *found) == all.end()) all.push_back(*found);
    }
    return all;
}

Result<TableProfile> profileTable(const TableSource& source, const TableLayout& layout,
                                  const TableOptions& options) {
    constexpr int mostPasses = 3;
    TableProfile table;
    table.columns.resize(layout.width());
    for (std::size_t i = 0; i < layout.width(); ++i)
        table.columns[i].name = layout.names[i];
    const auto words = namedColumns(source, table, options.words, "words");
    if (!words) return tl::unexpected(words.error());
    std::vector<ColumnFormat> formats = layout.formats;
    for (const std::size_t column : *words)
        formats[column].type = ColumnType::Words;
    if (!options.missing.empty()) {
        const auto markers = std::make_shared<const std::vector<std::string>>(partedNames(options.missing));
        for (ColumnFormat& format : formats)
            format.markers = markers;
    }

    BlockProfile all;
    for (int pass = 0; pass < mostPasses; ++pass) {
        auto profiled = profileAll(source, layout, formats);
        if (!profiled) return tl::unexpected(profiled.error());
        all = std::move(*profiled);
        std::vector<ColumnFormat> better;
        for (const ColumnProfile& column : all.columns)
            better.push_back(revised(column, options));
        if (better == formats) break;
        formats = std::move(better);
    }
    table.columns = std::move(all.columns);
    table.rows = all.rows;
    table.ragged = all.ragged;
    for (std::size_t i = 0; i < layout.width(); ++i)
        table.columns[i].name = layout.names[i];

    if (all.ragged > 0 && all.ragged * few > all.rows + all.ragged)
        return refuseAt(source, all.firstRagged[0].line, 0, "csv.ragged",
                        "The row has another number of cells than there are columns.",
                        "It has " + std::to_string(all.firstRagged[0].cells) + ", there are " +
                            std::to_string(layout.width()) + " columns; so it is in " +
                            std::to_string(all.ragged) + " of " + std::to_string(all.rows + all.ragged) +
                            " rows.",
                        "Give every row the same number of cells, quote those that contain the delimiter, or "
                        "name the delimiter.");
    if (all.ragged > 0) {
        std::string rows;
        for (const RaggedRow& row : all.firstRagged)
            rows += (rows.empty() ? "" : ", ") + ("line " + std::to_string(row.line)) + " with " +
                    std::to_string(row.cells);
        table.notes.push_back(std::to_string(all.ragged) + " of " + std::to_string(all.rows + all.ragged) +
                              " rows " + (all.ragged == 1 ? "has" : "have") +
                              " another number of cells than the " + std::to_string(layout.width()) +
                              " columns and " + (all.ragged == 1 ? "is" : "are") + " left out: " + rows +
                              (all.ragged > 3 ? ", …" : "") + ".");
    }
    if (table.rows < 2)
        return refuseAt(source, layout.firstLine, 0, "csv.rows", "The table has too few rows.",
                        "There is " + std::string(table.rows == 0 ? "no row" : "one row") + " of data.",
                        "Give a table with at least two rows.");
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (const Status status = settleOdd(source, table, i); !status) return tl::unexpected(status.error());
    noteNumbers(table, layout.decimal);
    noteSentinels(table);
    return table;
}

} // namespace burdock
