#include "dialect.h"

#include "files/lowered.h"
#include "files/problem.h"
#include "target_plan.h"

#include <algorithm>
#include <array>
#include <map>

namespace burdock {
namespace {

/// Rows of the sample, cut by one delimiter.
struct Trial {
    Dialect dialect;
    std::vector<std::vector<std::string>> rows;
    std::vector<std::size_t> offsets; ///< where each row begins
    std::vector<std::int64_t> lines;
    std::size_t usual = 0; ///< how many cells most rows have
    double agree = 0;      ///< the share of rows that have as many
    double meaning = 0;    ///< of its cells: see meaningOf

    bool isTable() const { return usual > 1 && agree >= 0.9; }
};

constexpr std::string_view delimiters = "\t;|, ";

std::size_t usualSize(const std::vector<std::vector<std::string>>& rows, std::size_t from) {
    std::map<std::size_t, std::size_t> sizes;
    for (std::size_t i = from; i < rows.size(); ++i)
        ++sizes[rows[i].size()];
    std::size_t usual = rows.empty() ? 0 : rows[0].size(), most = sizes[usual];
    for (const auto& [size, count] : sizes)
        if (count > most) {
            usual = size;
            most = count;
        }
    return usual;
}

/// How well a cell is cut out: numbers and dates are better signs than text, and text with another delimiter
/// in it is none.
double meaningOf(const std::string& cell, char delimiter) {
    constexpr double ofText = 0.9;
    if (readCell(cell, '.').kind != CellKind::Text || readCell(cell, ',').kind != CellKind::Text) return 1;
    if (readDate(cell, DateOrder::DayFirst) || readDate(cell, DateOrder::MonthFirst)) return 1;
    return cell.find_first_of(delimiter == ' ' ? "\t;|," : "\t;|") == std::string::npos ? ofText : 0;
}

Trial tryDialect(std::string_view text, Dialect dialect, std::size_t mostRows) {
    Trial trial;
    trial.dialect = dialect;
    RowCursor cursor(text, dialect);
    while (trial.rows.size() < mostRows && cursor.next()) {
        const Cells cells = cursor.cells();
        trial.rows.emplace_back(cells.begin(), cells.end());
        trial.lines.push_back(cursor.line());
        trial.offsets.push_back(cursor.offset());
    }
    trial.usual = usualSize(trial.rows, trial.rows.size() > 1 ? 1 : 0);
    std::size_t alike = 0, cells = 0;
    double meaning = 0;
    for (std::size_t i = 0; i < trial.rows.size(); ++i) {
        alike += trial.rows[i].size() == trial.usual || (i == 0 && trial.rows.size() > 1);
        for (const std::string& cell : trial.rows[i]) {
            ++cells;
            meaning += meaningOf(cell, dialect.delimiter);
        }
    }
    trial.agree =
        static_cast<double>(alike) / static_cast<double>(std::max<std::size_t>(1, trial.rows.size()));
    trial.meaning = meaning / static_cast<double>(std::max<std::size_t>(1, cells));
    return trial;
}

/// The one whose rows agree, and whose cells say most; the order of `delimiters` breaks ties.
char guessDelimiter(std::string_view text, char lineEnd) {
    constexpr std::size_t rows = 200;
    char best = 0, ragged = 0;
    double bestScore = 0;
    std::size_t mostCells = 0;
    for (const char delimiter : delimiters) {
        const Trial trial = tryDialect(text, {delimiter, lineEnd}, rows);
        if (trial.isTable() && trial.meaning * trial.agree > bestScore + 1e-9) {
            best = delimiter;
            bestScore = trial.meaning * trial.agree;
        }
        std::size_t cells = 0;
        for (const auto& row : trial.rows)
            cells += row.size() - 1;
        if (delimiter != ' ' && cells > mostCells) {
            mostCells = cells;
            ragged = delimiter;
        }
    }
    return best ? best : ragged ? ragged : ',';
}

std::vector<ColumnEvidence> evidenceOf(const Trial& trial, std::size_t from, std::size_t width) {
    std::vector<ColumnEvidence> columns(width);
    for (std::size_t r = from; r < trial.rows.size(); ++r)
        for (std::size_t i = 0; i < std::min(width, trial.rows[r].size()); ++i)
            columns[i].add(trial.rows[r][i]);
    return columns;
}

bool isNumber(std::string_view cell) {
    return readCell(cell, '.').kind == CellKind::Number || readCell(cell, ',').kind == CellKind::Number;
}

/// Whole numbers one after the other: 0, 1, 2 or 2019, 2020 are names.
bool countUp(const std::vector<std::string>& first) {
    std::size_t numbers = 0;
    double last = 0;
    for (const std::string& cell : first) {
        double number = 0;
        if (!readPlainNumber(cell, number)) continue;
        if (std::trunc(number) != number || (numbers > 0 && number != last + 1)) return false;
        last = number;
        ++numbers;
    }
    return numbers >= 2;
}

/// Whether the first row names the columns: by what stands below it.
bool isHeader(const std::vector<std::string>& first, const std::vector<ColumnEvidence>& below) {
    bool number = false, overNumbers = false, comesAgain = false, namesTarget = false, fractionsBelow = false;
    std::size_t words = 0, distinct = 0;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < std::min(first.size(), below.size()); ++i) {
        const ColumnEvidence& column = below[i];
        ColumnEvidence own;
        own.add(first[i]);
        const bool text = own.texts > 0;
        const bool valuesBelow = column.present() > 0 && 2 * column.texts < column.present();
        number = number || own.point + own.comma > 0;
        overNumbers = overNumbers || (text && valuesBelow);
        fractionsBelow = fractionsBelow || column.fractions > 0;
        comesAgain = comesAgain || (text && column.words.contains(first[i]));
        const auto& names = targetNames();
        namesTarget =
            namesTarget || (text && std::find(names.begin(), names.end(), lowered(first[i])) != names.end());
        words += text && column.texts > 0 && !column.words.contains(first[i]);
        distinct += !first[i].empty() && seen.insert(lowered(first[i])).second;
    }
    if (overNumbers) return true;
    if (comesAgain) return false;
    const bool allDistinct = distinct == first.size();
    if (number) return (namesTarget && allDistinct) || (countUp(first) && (words > 0 || fractionsBelow));
    return words > 0 && allDistinct; // a table of words alone
}

std::size_t filledOf(const std::vector<std::string>& row) {
    return static_cast<std::size_t>(
        std::count_if(row.begin(), row.end(), [](const std::string& cell) { return !cell.empty(); }));
}

/// How many rows of one cell stand above a table of several columns. Sheets fill them up with empty cells:
/// those are titles where names stand below.
std::size_t titlesOf(const Trial& trial) {
    constexpr std::size_t most = 20;
    const auto& rows = trial.rows;
    if (!trial.isTable()) return 0;
    const auto rowsWhile = [&](auto isTitle) {
        std::size_t titles = 0;
        while (titles < std::min(most, rows.size()) && isTitle(rows[titles]))
            ++titles;
        return titles < rows.size() && rows[titles].size() + 1 >= trial.usual ? titles : 0;
    };
    const std::size_t filledUp = rowsWhile([](const auto& row) { return filledOf(row) <= 1; });
    if (filledUp > 0 && filledUp + 1 < rows.size() && filledOf(rows[filledUp]) > 1 &&
        filledOf(rows[filledUp]) + 1 >= filledOf(rows[filledUp + 1]) &&
        isHeader(rows[filledUp], evidenceOf(trial, filledUp + 1, trial.usual)))
        return filledUp;
    return rowsWhile([](const auto& row) { return row.size() == 1; });
}

const char* nameOf(char delimiter) {
    return delimiter == '\t'  ? "tabs"
           : delimiter == ';' ? "semicolons"
           : delimiter == '|' ? "vertical bars"
           : delimiter == ' ' ? "blanks"
                              : "commas";
}

char delimiterOf(const std::string& option) {
    return option == "comma"       ? ','
           : option == "semicolon" ? ';'
           : option == "tab"       ? '\t'
           : option == "space"     ? ' '
           : option == "pipe"      ? '|'
                                   : '\0';
}

/// What stands above the table: comments, and Excel's line that names the delimiter.
struct Preamble {
    std::size_t size = 0;
    std::int64_t lines = 0, comments = 0;
    char delimiter = 0;
    std::string_view lastComment; ///< without its sign
};

Preamble preambleOf(std::string_view text, char lineEnd) {
    Preamble preamble;
    while (preamble.size < text.size()) {
        std::string_view line = text.substr(preamble.size);
        const std::size_t end = line.find(lineEnd);
        line = line.substr(0, end);
        const std::size_t whole = line.size() + (end == std::string_view::npos ? 0 : 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const std::string_view bare = trimmed(line);
        const bool names =
            preamble.delimiter == 0 && lowered(line.substr(0, 4)) == "sep=" && line.size() == 5;
        if (names)
            preamble.delimiter = line[4];
        else if (bare.starts_with('#')) {
            ++preamble.comments;
            preamble.lastComment = bare.substr(1);
        } else if (!bare.empty()) {
            break;
        }
        preamble.size += whole;
        ++preamble.lines;
    }
    return preamble;
}

void nameColumns(TableLayout& layout, std::vector<std::string> header, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) {
        std::string name = i < header.size() ? std::move(header[i]) : "";
        if (isOddText(name)) name = mendedText(name);
        if (name.empty()) name = layout.rowNames && i == 0 ? "row name" : "column " + std::to_string(i + 1);
        layout.names.push_back(std::move(name));
    }
    std::map<std::string, int> seen;
    for (std::string& name : layout.names)
        if (const int before = seen[name]++; before > 0) {
            layout.notes.push_back("Two columns are called " + inQuotes(name) + ": the later one is " +
                                   inQuotes(name + " (" + std::to_string(before + 1) + ")") + ".");
            name += " (" + std::to_string(before + 1) + ")";
        }
}

/// `withOptions`: and how to say otherwise.
std::string guessSentence(const TableLayout& layout, const TableSource& source, const TableOptions& options,
                          char decimal, bool withOptions) {
    std::string text;
    const auto add = [&](bool guessed, const std::string& what) {
        if (guessed)
            text +=
                (text.empty() ? "Guessed: " : "; ") + (withOptions ? what : what.substr(0, what.find(" (")));
    };
    add(options.delimiter() == "auto",
        std::string(nameOf(layout.start.dialect.delimiter)) + " between columns (delimiter=…)");
    add(options.header == "auto", layout.header ? "names in the first line (header=no if not)"
                                                : "no line of names (header=yes if there is one)");
    add(options.decimal == "auto",
        decimal == ',' ? "decimal commas (decimal=point if not)" : "decimal points (decimal=comma if not)");
    add(options.encoding == "auto", source.encoding() + " (encoding=…)");
    return text.empty() ? text : text + ".";
}

} // namespace

Result<TableLayout> guessLayout(const TableSource& source, const TableOptions& options,
                                const std::optional<Example>& example) {
    constexpr std::size_t mostRows = 4000;
    TableLayout layout;
    const std::string_view sample = source.sample();
    Dialect& dialect = layout.start.dialect;
    dialect.lineEnd =
        sample.find('\n') == std::string_view::npos && sample.find('\r') != std::string_view::npos ? '\r'
                                                                                                   : '\n';
    Preamble preamble = preambleOf(sample, dialect.lineEnd);
    std::string_view text = sample.substr(preamble.size);
    const char given = delimiterOf(options.delimiter());
    dialect.delimiter = given                ? given
                        : preamble.delimiter ? preamble.delimiter
                                             : guessDelimiter(text, dialect.lineEnd);
    Trial trial = tryDialect(text, dialect, mostRows);
    if (const std::size_t titles = titlesOf(trial); titles > 0) {
        preamble.size += trial.offsets[titles - 1];
        preamble.lines += trial.lines[titles - 1];
        text = sample.substr(preamble.size);
        trial = tryDialect(text, dialect, mostRows);
        layout.notes.push_back(std::to_string(titles) + (titles == 1 ? " line" : " lines") +
                               " above the table, a title by its one cell, passed over.");
    }
    if (trial.rows.empty())
        return refuseFile(source.path(), "empty", "The file has no rows.",
                          "There are only blank lines and comments in it.", "Give a file with data in it.");

    std::vector<std::string> first = trial.rows[0];
    std::size_t width = std::max(trial.usual, std::size_t{1});
    const auto lastEmpty = [&] {
        return width > 1 && trial.rows.size() > 1 &&
               std::all_of(trial.rows.begin(), trial.rows.end(),
                           [&](const auto& row) { return row.size() < width || row[width - 1].empty(); });
    };
    const std::size_t all = width;
    while (lastEmpty())
        --width;
    if (width == 1 && first[0].empty()) width = all - (all > 1); // there is nothing but delimiters
    const bool trailing = width < all;
    layout.trailing = all - width;
    const auto below = evidenceOf(trial, 1, width);
    layout.header = options.header == "yes" || (options.header == "auto" && isHeader(first, below));
    const bool commentNames = !layout.header && options.header == "auto" && preamble.comments > 0;
    std::vector<std::string> header;
    if (layout.header) {
        const std::size_t named = first.size();
        while (first.size() > width && first.back().empty())
            first.pop_back();
        if (first.size() < named && !trailing)
            layout.notes.push_back(
                "The line of names ends in a delimiter: the column without a name behind it is left out.");
        layout.rowNames = first.size() + 1 == width && first.size() > 1;
        if (layout.rowNames) first.insert(first.begin(), "");
        width = std::max(width, first.size());
        header = first;
    } else if (commentNames) { // "# time x y", as gnuplot and NumPy write it
        RowCursor names(preamble.lastComment, dialect);
        if (names.next() && names.cells().size() == width && width > 1 &&
            std::none_of(names.cells().begin(), names.cells().end(), isNumber)) {
            header.assign(names.cells().begin(), names.cells().end());
            layout.notes.push_back("The names of the columns stand in the last comment above the table.");
        }
    }
    if (width < 2 && options.window == 0 && source.isSheet())
        return refuseFile(source.path(), "csv.columns", "The sheet has one column only.", "",
                          "Give a sheet with at least two columns.");
    if (width < 2 && options.window == 0)
        return refuseFile(
            source.path(), "csv.columns", "The table has one column only.",
            "No " + std::string(given ? nameOf(given) : "tab, semicolon, comma, vertical bar or blank") +
                " stands between columns in most of its lines.",
            given ? "Choose another delimiter."
                  : "Give a table, name its delimiter (delimiter=…), or read it as text (as=text).");

    const std::size_t skipped = layout.header ? 1 : 0;
    const std::size_t firstRow = layout.header ? trial.offsets[0] : 0;
    layout.start.offset = preamble.size + firstRow;
    layout.firstLine = 1 + preamble.lines;
    layout.start.line =
        layout.firstLine +
        (layout.header
             ? std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(firstRow), dialect.lineEnd)
             : 0);
    nameColumns(layout, std::move(header), width);
    if (trailing)
        layout.notes.push_back(
            layout.trailing == 1
                ? "Every row ends in a delimiter: the column without a name behind it is empty and left out."
                : "Every row ends in delimiters: the columns without a name behind the others are empty and "
                  "left "
                  "out.");
    if (preamble.comments > 0)
        layout.notes.push_back("Comments above the table, " + std::to_string(preamble.comments) +
                               ", were passed over.");

    const auto evidence = evidenceOf(trial, skipped, width);
    std::optional<char> likeExample; // a comma that parts the columns parts no fraction
    if (example && (dialect.delimiter != ',' || example->delimiter == ',')) likeExample = example->decimal;
    const char decimal = options.decimal == "point" ? '.'
                         : options.decimal == "comma"
                             ? ','
                             : commonDecimal(evidence, dialect.delimiter, likeExample);
    for (const ColumnEvidence& column : evidence) {
        ColumnFormat format = column.format(decimal);
        if (options.decimal != "auto") format.decimal = decimal;
        layout.formats.push_back(format);
    }
    layout.decimal = decimal;
    layout.guessed = guessSentence(layout, source, options, decimal, !example);
    return layout;
}

bool looksLikeTable(std::string_view sample) {
    if (sample.find('\0') != std::string_view::npos) return false;
    const char lineEnd = sample.find('\n') == std::string_view::npos ? '\r' : '\n';
    const Preamble preamble = preambleOf(sample, lineEnd);
    if (preamble.delimiter) return true;
    const std::string_view text = sample.substr(preamble.size);
    for (const char delimiter : delimiters) {
        const Trial trial = tryDialect(text, {delimiter, lineEnd}, 100);
        if (!trial.isTable() || trial.rows.size() < 3) continue;
        if (delimiter == '\t') return true;
        const auto columns = evidenceOf(trial, 1, trial.usual);
        for (const ColumnEvidence& column : columns)
            if (10 * column.texts <= column.present() && column.present() > 0) return true;
    }
    return false;
}

} // namespace burdock
