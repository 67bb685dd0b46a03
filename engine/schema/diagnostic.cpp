#include "engine/schema/diagnostic.h"

namespace burdock {

std::string oneLine(const Diagnostic& d) {
    std::string line = d.where.empty() ? d.what : d.where + ": " + d.what;
    if (!d.why.empty()) line += " " + d.why;
    if (!d.mend.empty()) line += " " + d.mend;
    for (char& c : line)
        if (c == '\n') c = ' ';
    return line;
}

} // namespace burdock
