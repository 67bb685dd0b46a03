#pragma once

#include "engine/schema/diagnostic.h"

#include <limits>
#include <vector>

namespace burdock {

enum class ParamType { Bool, Int, Real, Choice, Text, Pair };

/// What a hyperparameter is to others than its layer.
enum class ParamRole {
    Own,
    OutputFeatures, ///< how many features the output has at each place: units, filters
    Vocabulary,     ///< how many different tokens the layer knows
};

struct Choice {
    std::string key;   ///< stored: "same"
    std::string label; ///< shown: "Same"
    std::string doc;
};

/// Everything there is to know of one hyperparameter: the form, the command line, JSON and the checker
/// are made from it.
struct ParamSpec {
    std::string key{};
    std::string label{};
    ParamType type = ParamType::Int;
    ParamValue defaultValue{};
    double minimum = -std::numeric_limits<double>::infinity(); ///< each number of a pair
    double maximum = std::numeric_limits<double>::infinity();
    bool minimumExcluded = false;
    bool maximumExcluded = false;
    std::vector<Choice> choices{};
    std::string unit{};
    std::string doc{};
    /// Shown and used only while the hyperparameter `key` has the value `value`; empty: always.
    std::string onlyIfKey{};
    std::string onlyIfValue{};
    bool advanced = false; ///< folded away in forms
    ParamRole role = ParamRole::Own;
};

/// Whether `value` is of the spec's type and within its range. The diagnostic names the key as `param`.
Status checkParam(const ParamSpec& spec, const ParamValue& value);

/// Reads what a user typed: "64", "1e-3", "yes", "7", "7x5", "7 × 5", a choice's key or label.
Result<ParamValue> parseParam(const ParamSpec& spec, std::string_view text);

/// The value under the spec's key, or its default.
const ParamValue& paramOr(const ParamValues& values, const ParamSpec& spec);

/// Every value against its spec; a key without a spec is refused too.
std::vector<Diagnostic> checkParams(const std::vector<ParamSpec>& specs, const ParamValues& values);

} // namespace burdock
