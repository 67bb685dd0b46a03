#pragma once

#include <string>
#include <string_view>

namespace burdock {

/// Text of others (names, notes, paths, messages) as a terminal may be given it: control characters, which it
/// would obey, and those that turn the direction of writing stand as escapes, "\u001b"; what is no UTF-8
/// becomes a �. `lines`: line breaks and tabs stay.
std::string visibleText(std::string_view text, bool lines = false);

} // namespace burdock
