#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace burdock {

// Numbers in files, on the command line and in messages: whatever the user's locale, they have a point.

/// The number that all of `text` is, as in C: no blanks, no leading plus. Beyond what a double holds it is
/// infinite, or zero where it is too small. None if it is no number.
std::optional<double> parseNumber(std::string_view text);

/// With so many digits behind the point: "8.9".
std::string fixedText(double value, int decimals);

} // namespace burdock
