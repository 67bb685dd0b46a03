#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace burdock {

/// What a sample has before it becomes numbers, such as a table's column: what a form asks for. Its values
/// are those met in the data: in all rows of a table, the test's too, and in many samples of other data.
struct InputField {
    std::string name;
    std::vector<std::string> choices; ///< words, those that are met most first; empty: a number or a date
    double lowest = 0, highest = 0;   ///< in the data's units; equal: not known
    bool whole = false;               ///< no number but whole ones was met
    std::string typical;              ///< its median or most frequent value, as the data write it
    std::vector<std::int64_t> inputs; ///< which of the network's inputs it becomes
};

} // namespace burdock
