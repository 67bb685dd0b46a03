#include "engine/schema/diagnostic.h"

namespace burdock {

std::string placed(const Diagnostic& d) {
    if (d.where.empty()) return d.what;
    return (d.node ? "“" + d.where + "”" : d.where) + ": " + d.what; // a node may be called "or"
}

std::string oneLine(const Diagnostic& d) {
    std::string line = placed(d);
    if (!d.why.empty()) line += " " + d.why;
    if (!d.mend.empty()) line += " " + d.mend;
    for (char& c : line)
        if (c == '\n') c = ' ';
    return line;
}

std::string headline(const Diagnostic& d) {
    return d.node.depth() > 1 ? placed(d) : d.what;
}

Diagnostic shortened(Diagnostic d) {
    constexpr std::size_t longest = 600; // bytes: a long path still fits
    for (std::string* text : {&d.what, &d.where, &d.why, &d.mend, &d.param}) {
        if (text->size() <= longest) continue;
        std::size_t end = longest;
        while (end > 0 && (static_cast<unsigned char>((*text)[end]) & 0xC0) == 0x80)
            --end; // not within a character
        text->resize(end);
        *text += "…";
    }
    return d;
}

} // namespace burdock
