#pragma once

#include <string_view>

namespace burdock {

enum class CellKind { Missing, Number, Text, NotFinite };

struct Cell {
    CellKind kind = CellKind::Missing;
    double number = 0; ///< of a Number
};

/// Empty, NA, N/A, NaN, null and ? are missing. A number may be written with a decimal comma if that is
/// allowed. NotFinite: infinite, or too large for a single precision number.
Cell readCell(std::string_view text, bool decimalComma);

} // namespace burdock
