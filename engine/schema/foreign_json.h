#pragma once

#include "engine/schema/diagnostic.h"

#include <nlohmann/json.hpp>

#include <string_view>

namespace burdock {

// JSON that somebody else may have written. Reading it takes no stack, but writing it out again, copying it
// and looking through it go down with its levels, and a few bytes of text become many of memory.

/// Objects and lists within one another: a model of blocks in blocks, in a list of waiting runs, has 60.
inline constexpr int deepestJson = 200;
inline constexpr std::size_t longestJson = 32'000'000;

/// Refuses text that is longer or nested deeper than anything that Burdock writes.
Status checkJsonText(std::string_view text);
/// The refusal of text that is no JSON.
Diagnostic notJson();

/// The one way to read such text: every level of what it gives may be visited by a function that calls
/// itself.
template <class Json = nlohmann::json>
Result<Json> parseForeign(std::string_view text) {
    if (const Status fit = checkJsonText(text); !fit) return refuse(fit.error());
    Json read = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (read.is_discarded()) return refuse(notJson());
    return read;
}

} // namespace burdock
