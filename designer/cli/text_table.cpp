#include "text_table.h"

#include "output.h"
#include "session/visible_text.h"

#include <QList>
#include <QString>

#include <algorithm>

namespace burdock::cli {
namespace {

/// Characters, not bytes.
std::size_t widthOf(const std::string& text) {
    return static_cast<std::size_t>(QString::fromStdString(text).toUcs4().size());
}

/// A long one would make every row as long: its beginning, with … behind it.
std::string shortened(const std::string& text) {
    constexpr std::size_t most = 100;
    const std::u32string characters = QString::fromStdString(text).toStdU32String();
    return characters.size() <= most
               ? text
               : QString::fromStdU32String(characters.substr(0, most - 1)).toStdString() + "…";
}

} // namespace

TextTable::TextTable(std::vector<std::pair<std::string, Align>> columns)
    : columns_(std::move(columns)) {}

void TextTable::add(std::vector<std::string> cells) {
    cells.resize(columns_.size());
    for (std::string& cell : cells)
        cell = shortened(visibleText(cell)); // a line break would end the row
    rows_.push_back(std::move(cells));
}

void TextTable::print() const {
    std::vector<std::vector<std::string>> all(1);
    for (const auto& [name, align] : columns_)
        all[0].push_back(name);
    all.insert(all.end(), rows_.begin(), rows_.end());
    std::vector<std::size_t> widths(columns_.size());
    for (const auto& row : all)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], widthOf(row[i]));
    for (const auto& row : all) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string space(widths[i] - widthOf(row[i]), ' ');
            line += columns_[i].second == Align::Right ? space + row[i] : row[i] + space;
            line += "  ";
        }
        line.erase(line.find_last_not_of(' ') + 1);
        cli::print(line);
    }
}

} // namespace burdock::cli
