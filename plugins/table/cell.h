#pragma once

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <vector>

namespace burdock {

enum class CellKind { Missing, Number, Text };

struct Cell {
    CellKind kind = CellKind::Missing;
    double number = 0;     ///< of a Number
    bool grouped = false;  ///< had separators of thousands
    bool currency = false; ///< had a currency beside it
    bool percent = false;  ///< had a percent sign behind it: 45 % is 45
};

/// Reads a number as it is plainly written, the decimal sign being `decimal` (point or comma): with a sign,
/// separators of thousands (the other of the two, a space, an apostrophe), a currency or a percent sign, or
/// in parentheses if negative. No words for infinity or NaN, nothing hexadecimal, nothing that single
/// precision cannot hold: those are Text.
Cell readCell(std::string_view text, char decimal);

/// What nearly all cells are: digits, a point, an exponent.
inline bool readPlainNumber(std::string_view text, double& number) {
    const char* const first = text.data() + (text.size() > 1 && text[0] == '-');
    if (text.empty() || !((*first >= '0' && *first <= '9') || *first == '.')) return false; // no inf, no nan
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() &&
           std::abs(number) <= double(std::numeric_limits<float>::max());
}

/// Whether a cell marks a value that is missing: empty, NA, N/A, #N/A, NaN, null, nil, None, a dash, a point,
/// a question mark and their like. Among words, "none" in small letters may be one of them and is not.
bool isMissing(std::string_view text, bool amongWords = false);

/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

} // namespace burdock
