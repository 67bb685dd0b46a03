#include "picture_table.h"

#include "files/file_reader.h"
#include "files/problem.h"
#include "picture_tree.h"

#include <algorithm>
#include <csv.h>
#include <memory>

namespace burdock {
namespace {

struct Rows {
    std::vector<std::vector<std::string>> rows{{}};
};

std::string trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t\r\n"), to = text.find_last_not_of(" \t\r\n");
    return from == std::string_view::npos ? std::string() : std::string(text.substr(from, to - from + 1));
}

void endField(void* field, std::size_t size, void* to) {
    const char* const start = static_cast<const char*>(field);
    static_cast<Rows*>(to)->rows.back().push_back(start ? trimmed({start, size}) : std::string());
}

void endRow(int, void* to) {
    static_cast<Rows*>(to)->rows.emplace_back();
}

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
        if (loweredName(columns[i]) == loweredName(column) || std::to_string(i + 1) == column) return i;
    return columns.size();
}

Result<PictureTable> readPictureTable(const std::filesystem::path& path) {
    constexpr std::uint64_t most = 256u << 20;
    auto text = readWhole(path, most);
    if (!text) return refuse(text.error());
    std::string_view view = *text;
    if (view.starts_with("\xef\xbb\xbf")) view.remove_prefix(3);
    const char delimiter = delimiterOf(view);
    csv_parser raw{};
    if (csv_init(&raw, CSV_APPEND_NULL) != 0) throw std::bad_alloc();
    const std::unique_ptr<csv_parser, void (*)(csv_parser*)> parser(&raw, csv_free);
    csv_set_delim(parser.get(), static_cast<unsigned char>(delimiter));
    Rows rows;
    if (csv_parse(parser.get(), view.data(), view.size(), endField, endRow, &rows) != view.size() ||
        csv_fini(parser.get(), endField, endRow, &rows) != 0)
        return refuseFile(path, "pictures.table", "The table cannot be read.",
                          csv_strerror(csv_error(parser.get())) + std::string("."), "Save it as CSV again.");
    PictureTable table;
    table.path = path;
    table.decimalComma = delimiter != ',';
    std::erase_if(rows.rows, [](const auto& row) { return row.empty(); });
    if (rows.rows.empty()) return table;
    table.columns = std::move(rows.rows.front());
    table.rows.assign(std::make_move_iterator(rows.rows.begin() + 1),
                      std::make_move_iterator(rows.rows.end()));
    for (auto& row : table.rows)
        row.resize(table.columns.size());
    return table;
}

} // namespace burdock
