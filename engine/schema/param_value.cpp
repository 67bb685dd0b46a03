#include "engine/schema/param_value.h"

#include <charconv>

namespace burdock {
namespace {

std::string shortest(double number) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, number).ptr;
    return {text, end};
}

struct ToText {
    std::string operator()(bool v) const { return v ? "yes" : "no"; }
    std::string operator()(std::int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return shortest(v); }
    std::string operator()(const std::string& v) const { return v; }
    std::string operator()(const IntPair& v) const {
        return std::to_string(v.height) + " × " + std::to_string(v.width);
    }
};

} // namespace

std::string toString(const ParamValue& value) {
    return std::visit(ToText{}, value);
}

} // namespace burdock
