#pragma once

#include <string>
#include <string_view>

namespace burdock {

/// With the letters of ASCII made small.
inline std::string lowered(std::string_view text) {
    std::string small(text);
    for (char& c : small)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return small;
}

} // namespace burdock
