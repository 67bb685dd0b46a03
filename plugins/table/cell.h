#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
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

/// Up to 15 digits, and a point among them. Both they and the power of ten are exact in double precision, so
/// that their quotient is the nearest number (Clinger, How to read floating point numbers accurately, 1990).
inline bool readShortNumber(std::string_view text, double& number) {
    constexpr std::size_t mostDigits = 15, most = mostDigits + 2; // with sign and point
    static constexpr double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                        1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    if (text.empty() || text.size() > most) return false;
    const bool negative = text[0] == '-';
    std::uint64_t digits = 0;
    std::size_t count = 0, behind = 0;
    bool point = false;
    for (const char c : text.substr(negative ? 1 : 0)) {
        const auto digit = static_cast<unsigned char>(c - '0');
        if (digit < 10) {
            digits = digits * 10 + digit;
            ++count;
            behind += point;
        } else if (c == '.' && !point) {
            point = true;
        } else {
            return false;
        }
    }
    if (count == 0 || count > mostDigits) return false;
    const double value = static_cast<double>(digits) / powers[behind];
    number = negative ? -value : value;
    return true;
}

/// What nearly all cells are: digits, a point, an exponent.
inline bool readPlainNumber(std::string_view text, double& number) {
    if (readShortNumber(text, number)) return true;
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
