#pragma once

#include "engine/schema/param_table.h"

namespace burdock {

/// How a table is to be read. Lists of columns are parted by "+"; a backslash before a plus makes it part of
/// a name.
struct TableOptions {
    std::string target;        ///< columns' names or numbers from 1; empty: found by name, else the last
    std::string task = "auto"; ///< or "classes", "number"
    std::string missing;       ///< cells that mark a missing value, parted as columns are
    std::string ignore, keep, words;   ///< columns
    std::string delimiterKey = "auto"; ///< or "comma", "semicolon", "tab", "space", "pipe"
    std::string separator = "auto";    ///< an older name of the delimiter
    std::string header = "auto";       ///< or "yes", "no"
    std::string decimal = "auto";      ///< or "point", "comma"
    std::string encoding = "auto";     ///< or another of textEncodings()
    std::int64_t window = 0;           ///< rows of a sample; 0: each row is one
    std::int64_t horizon = 1;          ///< rows from a window's last to the one that has its target
    std::string order, group;          ///< a column each
    double testShare = 0.2;            ///< of the rows
    std::string sheet;                 ///< of a workbook: its name or number from 1; empty: the first

    const std::string& delimiter() const { return delimiterKey == "auto" ? separator : delimiterKey; }
    static const ParamTable<TableOptions>& table();
};

} // namespace burdock
