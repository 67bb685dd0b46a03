#include "cell.h"

#include "engine/schema/number_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

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
    const auto number = parseNumber(digits);
    if (!number) return {CellKind::Text, 0};
    Cell cell{CellKind::Number, *number};
    if (!(std::abs(cell.number) <= std::numeric_limits<float>::max())) cell.kind = CellKind::NotFinite;
    return cell;
}

} // namespace burdock
