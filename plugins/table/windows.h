#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace burdock {

/// What cuts a table's rows into sequences.
struct WindowOptions {
    std::int64_t window = 0;  ///< rows of a sample
    std::int64_t horizon = 1; ///< rows from its last one to that of its target
    double testShare = 0;     ///< of the windows of each group: the last ones
};

/// A number for each group that there is, by row.
std::vector<std::int64_t> numbered(const std::vector<std::string>& groups);

/// The rows in their order, and where windows begin in it.
struct Windows {
    std::vector<std::int64_t> order; ///< row numbers; empty: as they stand
    std::vector<std::int64_t> train, test;
    std::int64_t leftOut = 0; ///< that share rows with the first of a test
};

/// Sorts the rows by group and key (stable; either may be empty) and cuts them into windows of rows of one
/// group, whose target's row has a target. What shares rows with the test windows of a group is left out;
/// where that would be all the others, the group has no test windows.
Windows cutWindows(std::int64_t rows, const std::vector<std::int64_t>& groups,
                   const std::vector<double>& keys, const std::vector<bool>& hasTarget,
                   const WindowOptions& options);

} // namespace burdock
