#pragma once

#include <cstddef>
#include <string_view>

namespace burdock {

/// How many bytes the first character takes; 0 where the text does not begin with a whole UTF-8 character.
constexpr std::size_t utf8Length(std::string_view text) {
    if (text.empty()) return 0;
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xc2 ? 0
                               : first < 0xe0 ? 2
                               : first < 0xf0 ? 3
                               : first < 0xf5 ? 4
                                              : 0;
    if (length > text.size()) return 0;
    // Longer than need be, halves of a pair of UTF-16, and beyond the last code point.
    const unsigned second = length > 2 ? static_cast<unsigned char>(text[1]) : 0;
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
        (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
        return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
    return length;
}

} // namespace burdock
