#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace burdock {

/// What a sample has before it becomes numbers, such as a table's column: what a form asks for.
struct InputField {
    std::string name;
    std::vector<std::string> choices; ///< words, those that are met most first; empty: a number or a date
    double lowest = 0, highest = 0;   ///< of the samples to train on, in the data's units; equal: not known
    bool whole = false;               ///< no number but whole ones was met
    std::string typical;              ///< its median or most frequent value, as the data write it
    std::vector<std::int64_t> inputs; ///< which of the network's inputs it becomes
};

} // namespace burdock
