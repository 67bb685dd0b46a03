#pragma once

#include <string>

namespace burdock {

/// With the letters of ASCII made small.
inline std::string lowered(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

} // namespace burdock
