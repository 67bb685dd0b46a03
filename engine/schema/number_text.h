#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace burdock {

// Numbers in files, on the command line and in messages: whatever the user's locale, they have a point.

/// The number that all of `text` is, as in C: no blanks, no leading plus. Beyond what a double holds it is
/// infinite, or zero where it is too small. None if it is no number.
std::optional<double> parseNumber(std::string_view text);

/// As many digits as tell the number from its neighbours of the same type, and no more: a float told as a
/// double would be 9.999999680285692e+37 where 1e+38 was given.
std::string shortestText(double value);
std::string shortestText(float value);
/// The double that is written as the float is: 0.1, not 0.10000000149011612.
double sameText(float value);

/// With so many digits behind the point: "8.9".
std::string fixedText(double value, int decimals);

} // namespace burdock
