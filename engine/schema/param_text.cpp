#include "engine/schema/param_text.h"

#include <algorithm>

namespace burdock {
namespace {

Diagnostic notASetting(const std::vector<ParamSpec>& specs, std::string_view where, const std::string& key) {
    std::string keys;
    for (const ParamSpec& spec : specs)
        keys += (keys.empty() ? "" : ", ") + spec.key;
    Diagnostic d;
    d.code = "param.unknown";
    d.where = where;
    d.param = key;
    d.what = "“" + key + "” is no setting here.";
    d.mend =
        keys.empty() ? "Leave it out: there are no settings." : "Give KEY=VALUE with one of: " + keys + ".";
    return d;
}

bool isEscaped(char c) {
    return c == ',' || c == ';' || c == '\\';
}

std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escapes = text[i] == '\\' && i + 1 < text.size() && isEscaped(text[i + 1]);
        if (escapes) ++i; // any other backslash is a part of the value
        plain += text[i];
    }
    return plain;
}

std::string valueText(const ParamValue& value) {
    if (const auto* pair = std::get_if<IntPair>(&value))
        return std::to_string(pair->height) + "x" + std::to_string(pair->width);
    std::string escaped;
    for (const char c : toString(value)) {
        if (isEscaped(c)) escaped += '\\';
        escaped += c;
    }
    return escaped;
}

} // namespace

std::vector<std::string> splitEscaped(std::string_view text, char separator) {
    std::vector<std::string> parts(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == separator) {
            parts.emplace_back();
            continue;
        }
        parts.back() += text[i];
        if (text[i] == '\\' && i + 1 < text.size()) parts.back() += text[++i];
    }
    return parts;
}

Result<ParamValues> parseParams(const std::vector<ParamSpec>& specs, std::string_view text,
                                std::string_view where) {
    ParamValues values;
    if (text.empty()) return values;
    for (const std::string& part : splitEscaped(text, ',')) {
        const auto equals = part.find('=');
        std::string key = part.substr(0, equals);
        key.erase(0, key.find_first_not_of(' '));
        key.erase(key.find_last_not_of(' ') + 1);
        const auto spec =
            std::find_if(specs.begin(), specs.end(), [&](const ParamSpec& s) { return s.key == key; });
        if (spec == specs.end()) return refuse(notASetting(specs, where, key));
        const bool alone = equals == std::string::npos;
        auto value = alone && spec->type == ParamType::Bool
                         ? Result<ParamValue>(true)
                         : parseParam(*spec, alone ? "" : unescaped(part.substr(equals + 1)));
        if (value && values.contains(key)) {
            Diagnostic d;
            d.code = "param.twice";
            d.param = key;
            d.what = "It is given twice.";
            d.mend = "Give it once.";
            value = refuse(std::move(d));
        }
        if (!value) {
            Diagnostic d = value.error();
            d.where = std::string(where) + ", " + key;
            return refuse(std::move(d));
        }
        values[key] = std::move(*value);
    }
    return values;
}

std::string formatParams(const std::vector<ParamSpec>& specs, const ParamValues& values) {
    std::string text;
    for (const ParamSpec& spec : specs) {
        const ParamValue& value = paramOr(values, spec);
        if (value == spec.defaultValue) continue;
        text += (text.empty() ? "" : ",") + spec.key + "=" + valueText(value);
    }
    return text;
}

} // namespace burdock
