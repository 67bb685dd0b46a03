#pragma once

#include <string>
#include <vector>

namespace burdock::fuzz {

/// Words that mean something as a key or a value in a fuzzer's JSON: each that links the mutator defines
/// them.
const std::vector<std::string>& words();

} // namespace burdock::fuzz
