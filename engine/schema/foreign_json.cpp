#include "engine/schema/foreign_json.h"

#include <algorithm>

namespace burdock {
namespace {

Diagnostic unreadable(std::string code, std::string what) {
    Diagnostic d;
    d.code = std::move(code);
    d.what = std::move(what);
    return d;
}

/// How many brackets are open at once, outside of strings. Text that is no JSON may give any number.
int depthOf(std::string_view text) {
    int open = 0, deepest = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '[' || c == '{'))
            deepest = std::max(deepest, ++open);
        else if (!quoted && (c == ']' || c == '}'))
            --open;
    }
    return deepest;
}

} // namespace

Status checkJsonText(std::string_view text) {
    if (text.size() > longestJson)
        return refuse(unreadable("json.long", "It has " + std::to_string(text.size()) +
                                                  " bytes of JSON, more than the " +
                                                  std::to_string(longestJson) + " that are read."));
    if (depthOf(text) > deepestJson)
        return refuse(unreadable("json.deep", "Its JSON is nested deeper than " +
                                                  std::to_string(deepestJson) + " levels."));
    return {};
}

Diagnostic notJson() {
    return unreadable("json.malformed", "This is not JSON.");
}

} // namespace burdock
