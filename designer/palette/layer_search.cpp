#include "palette/layer_search.h"

#include "engine/schema/layer_registry.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace burdock {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> all;
    std::string word;
    for (const char c : lower(text) + " ") {
        const auto u = static_cast<unsigned char>(c);
        if (std::isalnum(u) || u >= 0x80) {
            word += c;
        } else if (!word.empty()) {
            all.push_back(std::move(word));
            word.clear();
        }
    }
    return all;
}

bool anyStartsWith(const std::vector<std::string>& candidates, std::string_view start) {
    return std::any_of(candidates.begin(), candidates.end(),
                       [&](const std::string& w) { return std::string_view(w).starts_with(start); });
}

/// Whether the letters occur in the text in this order, the first of them at its start.
bool lettersInOrder(std::string_view text, std::string_view letters) {
    if (letters.size() < 2 || text.empty() || text.front() != letters.front()) return false;
    std::size_t at = 0;
    for (const char c : text)
        if (at < letters.size() && letters[at] == c) ++at;
    return at == letters.size();
}

int wordMatch(const LayerSchema& layer, const std::string& word) {
    const std::string name = lower(layer.name), id = lower(layer.id);
    if (name == word || id == word) return 100;
    if (name.starts_with(word) || id.starts_with(word)) return 80;
    if (anyStartsWith(words(name), word)) return 60;
    if (anyStartsWith(words(layer.keywords), word)) return 40;
    if (anyStartsWith(words(categoryLabel(layer.category)), word)) return 30;
    if (name.find(word) != std::string::npos || lower(layer.keywords).find(word) != std::string::npos)
        return 20;
    return lettersInOrder(name, word) ? 5 : 0;
}

} // namespace

int layerMatch(const LayerSchema& layer, std::string_view query) {
    const auto typed = words(query);
    if (typed.empty()) return 1;
    int total = 0;
    for (const std::string& word : typed) {
        const int match = wordMatch(layer, word);
        if (match == 0) return 0;
        total += match;
    }
    return total;
}

std::vector<const LayerSchema*> searchLayers(const LayerRegistry& registry, std::string_view query) {
    std::vector<std::pair<int, const LayerSchema*>> found;
    for (const LayerSchema& layer : registry)
        if (const int match = layerMatch(layer, query); match > 0) found.emplace_back(match, &layer);
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<const LayerSchema*> layers;
    for (const auto& [match, layer] : found)
        layers.push_back(layer);
    return layers;
}

} // namespace burdock
