#pragma once

#include <cstdint>
#include <string>

namespace burdock {

/// "1 recording", "3 recordings".
inline std::string countText(std::int64_t number, const std::string& one, const std::string& many) {
    return std::to_string(number) + " " + (number == 1 ? one : many);
}
/// "1 row", "3 rows".
inline std::string countText(std::int64_t number, const std::string& one) {
    return countText(number, one, one + "s");
}

} // namespace burdock
