#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace burdock {

/// "1 recording", "3 recordings".
inline std::string countText(std::int64_t number, const std::string& one, const std::string& many) {
    return std::to_string(number) + " " + (number == 1 ? one : many);
}
/// "1 row", "3 rows".
inline std::string countText(std::int64_t number, const std::string& one) {
    return countText(number, one, one + "s");
}

/// "a.png, b.png, c.png and 2 more"
inline std::string fewOf(const std::vector<std::string>& names) {
    constexpr std::size_t few = 3;
    std::string text;
    for (std::size_t i = 0; i < std::min(few, names.size()); ++i)
        text.append(i > 0 ? ", " : "").append(names[i]);
    return names.size() > few ? text + " and " + std::to_string(names.size() - few) + " more" : text;
}

} // namespace burdock
