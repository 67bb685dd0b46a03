#pragma once

#include "engine/schema/param_table.h"

namespace burdock {

/// How a table is to be read.
struct CsvOptions {
    std::string target;             ///< a column's name or number from 1; empty: found by name, else the last
    std::string task = "auto";      ///< or "classes", "number"
    std::string separator = "auto"; ///< or "comma", "semicolon", "tab", "space"
    double testShare = 0.2;         ///< of the rows

    static const ParamTable<CsvOptions>& table();
};

} // namespace burdock
