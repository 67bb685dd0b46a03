#include "cell.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

namespace burdock {
namespace {

bool sameWord(std::string_view text, std::string_view lower) {
    return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

bool isMissing(std::string_view text) {
    if (text.empty()) return true;
    if (text.size() > 4) return false;
    constexpr std::array<std::string_view, 6> words{"na", "n/a", "nan", "-nan", "null", "?"};
    return std::any_of(words.begin(), words.end(), [text](auto word) { return sameWord(text, word); });
}

} // namespace

Cell readCell(std::string_view text, bool decimalComma) {
    if (isMissing(text)) return {CellKind::Missing, 0};
    std::string_view digits = text;
    if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
    std::array<char, 64> point;
    if (decimalComma && digits.size() < point.size())
        if (const auto comma = digits.find(','); comma != std::string_view::npos) {
            std::copy(digits.begin(), digits.end(), point.begin());
            point[comma] = '.';
            digits = {point.data(), digits.size()};
        }
    Cell cell{CellKind::Number, 0};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), cell.number);
    if (end != digits.data() + digits.size() || error == std::errc::invalid_argument)
        return {CellKind::Text, 0};
    // Out of range is also a number too close to zero, which strtod gives as 0.
    if (error == std::errc::result_out_of_range)
        cell.number = std::strtod(std::string(digits).c_str(), nullptr);
    if (!(std::abs(cell.number) <= std::numeric_limits<float>::max())) cell.kind = CellKind::NotFinite;
    return cell;
}

} // namespace burdock
