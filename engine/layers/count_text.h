#pragma once

#include <cstdint>
#include <string>

namespace burdock {

/// "1 filter", "16 filters".
inline std::string countText(std::int64_t number, const std::string& one) {
    std::string text = std::to_string(number) + ' ' + one;
    if (number != 1) text += 's';
    return text;
}

} // namespace burdock
