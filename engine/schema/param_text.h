#pragma once

#include "engine/schema/param_spec.h"

namespace burdock {

/// Reads settings on one line: "noise=0.3,samples=2000". A backslash before a comma, a semicolon or a
/// backslash makes it part of the value; a yes-or-no setting may stand without its value. Refuses what is no
/// setting (naming those there are), what comes twice and values out of range; `where` names the place.
Result<ParamValues> parseParams(const std::vector<ParamSpec>& specs, std::string_view text,
                                std::string_view where);

/// The line that parseParams reads; what has its default is left out.
std::string formatParams(const std::vector<ParamSpec>& specs, const ParamValues& values);

/// Cuts at each `separator` that no backslash stands before. The backslashes stay.
std::vector<std::string> splitEscaped(std::string_view text, char separator);

} // namespace burdock
