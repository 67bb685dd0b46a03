#include "files/class_names.h"

#include <algorithm>
#include <map>

namespace burdock {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> partsOf(const fs::path& file) {
    std::vector<std::string> parts;
    std::string part;
    for (const char c : file.stem().string() + "_") {
        if (c != '_' && c != '-' && c != '.' && c != ' ') {
            part += c;
        } else if (!part.empty()) {
            parts.push_back(std::move(part));
            part.clear();
        }
    }
    return parts;
}

bool tellsClasses(const std::vector<fs::path>& files, const NameRule& rule) {
    std::map<std::string, int> counts;
    for (const fs::path& file : files) {
        const std::string name = rule.classOf(file);
        if (name.empty()) return false;
        ++counts[name];
    }
    return counts.size() >= 2 && std::ranges::all_of(counts, [](const auto& c) { return c.second >= 2; });
}

} // namespace

std::string NameRule::classOf(const fs::path& file) const {
    const auto parts = partsOf(file);
    if (part >= parts.size()) return {};
    std::string name = parts[part];
    if (numbered)
        while (!name.empty() && name.back() >= '0' && name.back() <= '9')
            name.pop_back();
    return name;
}

std::optional<NameRule> findNameRule(const std::vector<fs::path>& files, std::int64_t wanted) {
    if (files.empty()) return std::nullopt;
    const std::size_t parts = partsOf(files.front()).size();
    const auto first = static_cast<std::size_t>(wanted > 0 ? wanted - 1 : 0);
    const std::size_t end = wanted > 0 ? std::min(first + 1, parts) : parts;
    for (std::size_t part = first; part < end; ++part)
        for (const bool numbered : {false, true})
            if (const NameRule rule{part, numbered}; tellsClasses(files, rule)) return rule;
    return std::nullopt;
}

} // namespace burdock
