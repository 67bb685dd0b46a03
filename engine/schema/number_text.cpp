#include "engine/schema/number_text.h"

#include <array>
#include <charconv>
#include <limits>

namespace burdock {
namespace {

/// Of a number that no double holds: whether that is because it is too close to zero.
bool isTooSmall(std::string_view text) {
    if (const auto e = text.find_first_of("eE"); e != std::string_view::npos)
        return e + 1 < text.size() && text[e + 1] == '-';
    const auto digit = text.find_first_of("123456789");
    return text.find('.') < digit; // a long row of zeros
}

template <class T>
std::string shortest(T value) {
    std::array<char, 32> text;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

} // namespace

std::optional<double> parseNumber(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
    if (error == std::errc::result_out_of_range) {
        const bool negative = text.starts_with('-');
        value = isTooSmall(text) ? 0.0 : std::numeric_limits<double>::infinity();
        if (negative) value = -value;
    }
    return value;
}

std::string shortestText(double value) {
    return shortest(value);
}

std::string shortestText(float value) {
    return shortest(value);
}

double sameText(float value) {
    return parseNumber(shortestText(value)).value_or(static_cast<double>(value));
}

std::string fixedText(double value, int decimals) {
    std::array<char, 400> text; // the largest double has 309 digits before the point
    const auto made =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, decimals);
    return {text.data(), made.ptr};
}

} // namespace burdock
