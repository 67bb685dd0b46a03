#include "engine/schema/param_value.h"

#include "engine/schema/number_text.h"

namespace burdock {
namespace {

struct ToText {
    std::string operator()(bool v) const { return v ? "yes" : "no"; }
    std::string operator()(std::int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return shortestText(v); }
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
