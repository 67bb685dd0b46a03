#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace burdock {

/// The words from least to most, where they are steps of one known scale: low, medium, high; small to large;
/// never to always; agreement; grades in a column that is called so. Nothing where they are none, or fewer
/// than two.
std::optional<std::vector<std::string>> orderedWords(std::string_view column,
                                                     const std::vector<std::string>& words);

} // namespace burdock
