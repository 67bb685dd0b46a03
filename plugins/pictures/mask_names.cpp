#include "mask_names.h"

#include "files/file_reader.h"
#include "files/lowered.h"
#include "picture_table.h"
#include "picture_tree.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace burdock {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t mostBytes = 1u << 20;

std::optional<std::uint32_t> numberOf(std::string_view text, int base = 10) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value)
                                                                                     : std::nullopt;
}

std::uint32_t colourOf(std::uint32_t red, std::uint32_t green, std::uint32_t blue) {
    return (red & 255) << 16 | (green & 255) << 8 | (blue & 255);
}

/// "3" or "#ff0000" with a name.
void takeKey(const std::string& key, const std::string& name, MaskNames& names) {
    if (key.size() == 7 && key[0] == '#') {
        if (const auto colour = numberOf(std::string_view(key).substr(1), 16)) names.byColour[*colour] = name;
    } else if (const auto value = numberOf(key)) {
        names.byValue[*value] = name;
    }
}

void takeLine(std::string line, MaskNames& names) {
    std::ranges::replace(line, '\t', ' ');
    std::ranges::replace(line, ',', ' ');
    std::vector<std::string> words;
    std::istringstream stream(line);
    for (std::string word; stream >> word;)
        words.push_back(std::move(word));
    if (words.empty() || words[0].starts_with("//")) return;
    std::vector<std::uint32_t> numbers;
    while (numbers.size() < std::min<std::size_t>(3, words.size() - 1)) {
        std::string word = words[numbers.size()];
        if (word.ends_with(':')) word.pop_back();
        const auto number = numberOf(word);
        if (!number) break;
        numbers.push_back(*number);
    }
    const std::size_t before = numbers.size() == 3 ? 3 : numbers.size() == 1 ? 1 : 0;
    std::string name;
    for (std::size_t i = before; i < words.size(); ++i)
        name.append(name.empty() ? "" : " ").append(words[i]);
    if (before == 3)
        names.byColour[colourOf(numbers[0], numbers[1], numbers[2])] = name;
    else if (before == 1)
        names.byValue[numbers[0]] = name;
    else
        names.inOrder.push_back(name);
}

void takeJson(const std::string& text, MaskNames& names) {
    const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (json.is_array())
        for (const auto& item : json)
            if (item.is_string()) names.inOrder.push_back(item.get<std::string>());
    if (!json.is_object()) return;
    for (const auto& [key, value] : json.items()) {
        if (value.is_string()) {
            const auto word = value.get<std::string>();
            const bool wordIsKey = word.starts_with('#') && !key.starts_with('#');
            takeKey(wordIsKey ? word : key, wordIsKey ? key : word, names);
        } else if (value.is_number_unsigned()) {
            names.byValue[value.get<std::uint32_t>()] = key;
        } else if (value.is_array() && value.size() == 3 &&
                   std::ranges::all_of(value, [](const auto& v) { return v.is_number_unsigned(); })) {
            names.byColour[colourOf(value[0].get<std::uint32_t>(), value[1].get<std::uint32_t>(),
                                    value[2].get<std::uint32_t>())] = key;
        }
    }
}

void takeTable(const fs::path& path, MaskNames& names) {
    const auto table = readPictureTable(path);
    if (!table) return;
    const std::size_t columns = table->columns.size();
    const std::size_t name = table->find("name"), red = table->find("r"), green = table->find("g"),
                      blue = table->find("b");
    for (const auto& row : table->rows) {
        if (name == columns || red == columns || green == columns || blue == columns) return;
        const auto r = numberOf(row[red]), g = numberOf(row[green]), b = numberOf(row[blue]);
        if (r && g && b) names.byColour[colourOf(*r, *g, *b)] = row[name];
    }
}

} // namespace

std::optional<std::string> MaskNames::ofValue(std::uint32_t value, std::uint32_t largest) const {
    if (const auto at = byValue.find(value); at != byValue.end()) return at->second;
    const std::uint32_t first = inOrder.size() == largest ? 1 : 0;
    if (value < first || value - first >= inOrder.size()) return std::nullopt;
    return inOrder[value - first];
}

std::optional<std::string> MaskNames::ofColour(std::uint32_t colour) const {
    const auto at = byColour.find(colour);
    return at == byColour.end() ? std::nullopt : std::optional(at->second);
}

MaskNames findMaskNames(const std::vector<fs::path>& files) {
    static const std::set<std::string> stems{"classes",     "labels",       "codes",         "class_names",
                                             "label_names", "label_colors", "label_colours", "class_dict",
                                             "labelmap",    "names"};
    MaskNames names;
    for (const fs::path& file : files) {
        const std::string ending = lowered(file.extension().string());
        if (!stems.contains(lowered(file.stem().string()))) continue;
        if (ending == ".csv") {
            takeTable(file, names);
        } else if (ending == ".txt" || ending == ".json" || ending == ".names") {
            const auto text = readWhole(file, mostBytes);
            if (!text) continue;
            if (ending == ".json") {
                takeJson(*text, names);
            } else {
                std::istringstream lines(*text);
                for (std::string line; std::getline(lines, line);)
                    takeLine(std::move(line), names);
            }
        }
        if (names.empty()) continue;
        names.file = file;
        break;
    }
    return names;
}

} // namespace burdock
