#include "cell.h"

#include <algorithm>
#include <array>

namespace burdock {
namespace {

using namespace std::string_view_literals;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool sameWord(std::string_view text, std::string_view lowered) {
    return std::equal(text.begin(), text.end(), lowered.begin(), lowered.end(),
                      [](char a, char b) { return lower(a) == b; });
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool takeFront(std::string_view& text, std::string_view front) {
    if (!text.starts_with(front)) return false;
    text.remove_prefix(front.size());
    return true;
}

bool takeBack(std::string_view& text, std::string_view back) {
    if (!text.ends_with(back)) return false;
    text.remove_suffix(back.size());
    return true;
}

constexpr std::array spaces{" "sv, "\xc2\xa0"sv, "\xe2\x80\xaf"sv,
                            "\xe2\x80\x89"sv}; // also such as do not break

template <bool take(std::string_view&, std::string_view)>
void skipSpaces(std::string_view& text) {
    while (std::any_of(spaces.begin(), spaces.end(), [&](auto space) { return take(text, space); })) {
    }
}

template <bool take(std::string_view&, std::string_view)>
bool takeCurrency(std::string_view& text) {
    static constexpr std::array marks{"$"sv,   "€"sv,   "£"sv,   "¥"sv,   "₹"sv,   "EUR"sv, "USD"sv,
                                      "GBP"sv, "CHF"sv, "HUF"sv, "JPY"sv, "PLN"sv, "Ft"sv,  "kr"sv};
    return std::any_of(marks.begin(), marks.end(), [&](auto mark) { return take(text, mark); });
}

bool takeSign(std::string_view& text, bool& negative) {
    negative = takeFront(text, "-") || takeFront(text, "−");
    return negative || takeFront(text, "+");
}

/// The digits of a number in the way that from_chars wants them.
struct Digits {
    std::array<char, 64> text;
    std::size_t size = 0;

    bool add(char c) {
        if (size == text.size()) return false;
        text[size++] = c;
        return true;
    }
    /// Moves digits over; how many, or nothing where there are too many.
    std::size_t take(std::string_view& from) {
        std::size_t count = 0;
        while (count < from.size() && isDigit(from[count]) && add(from[count]))
            ++count;
        from.remove_prefix(count);
        return count;
    }
};

/// What parts thousands here, if a group of three digits follows it.
std::string_view groupSign(std::string_view text, char decimal) {
    static constexpr std::array signs{","sv, "."sv, "'"sv, "’"sv, spaces[0], spaces[1], spaces[2], spaces[3]};
    for (const std::string_view sign : signs) {
        if (sign[0] == decimal || !text.starts_with(sign)) continue;
        const std::string_view group = text.substr(sign.size());
        const auto digits =
            static_cast<std::size_t>(std::find_if_not(group.begin(), group.end(), isDigit) - group.begin());
        return digits == 3 ? sign : ""sv;
    }
    return {};
}

bool takeNumber(std::string_view text, char decimal, Cell& cell) {
    Digits digits;
    const bool leadingZero = text.starts_with('0');
    std::size_t whole = digits.take(text);
    if (whole >= 1 && whole <= 3 && !leadingZero)
        if (const std::string_view sign = groupSign(text, decimal); !sign.empty())
            while (groupSign(text, decimal) == sign) {
                text.remove_prefix(sign.size());
                digits.take(text);
                cell.grouped = true;
            }
    if (!text.empty() && text[0] == decimal) {
        text.remove_prefix(1);
        if (!digits.add('.')) return false;
        whole += digits.take(text);
    }
    if (whole == 0) return false;
    if (text.size() > 1 && lower(text[0]) == 'e' && !cell.grouped && !cell.currency && !cell.percent) {
        text.remove_prefix(1);
        bool minus = false;
        takeSign(text, minus);
        if (!digits.add('e') || (minus && !digits.add('-')) || digits.take(text) == 0) return false;
    }
    return text.empty() && readPlainNumber({digits.text.data(), digits.size}, cell.number);
}

} // namespace

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

bool isMissing(std::string_view text, bool amongWords) {
    if (text.empty()) return true;
    constexpr std::size_t longest = 12;
    if (text.size() > longest) return false;
    static constexpr std::array words{"na"sv,    "n/a"sv,     "#n/a"sv,    "#na"sv,     "<na>"sv,  "n.a."sv,
                                      "nan"sv,   "-nan"sv,    "null"sv,    "(null)"sv,  "nil"sv,   "?"sv,
                                      "-"sv,     "--"sv,      "–"sv,       "—"sv,       "."sv,     ".."sv,
                                      "\\n"sv,   "#null!"sv,  "#value!"sv, "#div/0!"sv, "#ref!"sv, "#name?"sv,
                                      "#num!"sv, "missing"sv, "\xc2\xa0"sv};
    static constexpr auto begins = [] {
        std::array<bool, 256> table{};
        for (const std::string_view word : words)
            for (const char c :
                 {word[0], word[0] >= 'a' && word[0] <= 'z' ? static_cast<char>(word[0] - 32) : word[0]})
                table[static_cast<unsigned char>(c)] = true;
        return table;
    }();
    if (!begins[static_cast<unsigned char>(text[0])]) return false; // nearly all that are none
    if (std::any_of(words.begin(), words.end(), [text](auto word) { return sameWord(text, word); }))
        return true;
    if (sameWord(text.substr(0, 4), "nan(") && text.back() == ')') return true; // as C prints it
    return amongWords ? text == "None" : sameWord(text, "none");
}

Cell readCell(std::string_view text, char decimal) {
    Cell cell;
    if (isMissing(text)) return cell;
    cell.kind = CellKind::Text;
    if (decimal == '.' && readPlainNumber(text, cell.number)) {
        cell.kind = CellKind::Number;
        return cell;
    }
    constexpr std::size_t longest = 64;
    if (text.size() > longest) return cell;
    bool negative = false;
    const bool accounting = text.front() == '(' && text.back() == ')';
    if (accounting) text = text.substr(1, text.size() - 2);
    const bool sign = takeSign(text, negative);
    cell.currency = takeCurrency<takeFront>(text);
    skipSpaces<takeFront>(text);
    if (!sign) takeSign(text, negative);
    if (takeBack(text, "%")) cell.percent = true;
    skipSpaces<takeBack>(text);
    if (!cell.currency && !cell.percent) cell.currency = takeCurrency<takeBack>(text);
    skipSpaces<takeBack>(text);
    if (text.empty() || (accounting && negative) || !takeNumber(text, decimal, cell)) {
        cell = {};
        cell.kind = CellKind::Text;
        return cell;
    }
    if (negative || accounting) cell.number = -cell.number;
    cell.kind = CellKind::Number;
    return cell;
}

} // namespace burdock
