#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>

namespace burdock {

/// A pair of integers such as a kernel: height first, width second.
struct IntPair {
    std::int64_t height = 1;
    std::int64_t width = 1;
    friend constexpr bool operator==(const IntPair&, const IntPair&) = default;
};

/// The value of one hyperparameter. Choices are stored as the key of the choice.
using ParamValue = std::variant<bool, std::int64_t, double, std::string, IntPair>;

/// Hyperparameters by key. A key that is missing means the default of its ParamSpec.
using ParamValues = std::map<std::string, ParamValue, std::less<>>;

/// For people: "64", "0.5", "7 × 7", "same".
std::string toString(const ParamValue& value);

} // namespace burdock
