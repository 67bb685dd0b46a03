#include "engine/schema/param_spec.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace burdock {
namespace {

Diagnostic about(const ParamSpec& spec, std::string code, std::string what, std::string mend) {
    Diagnostic d;
    d.code = std::move(code);
    d.where = spec.label;
    d.param = spec.key;
    d.what = std::move(what);
    d.mend = std::move(mend);
    return d;
}

std::string rangeText(const ParamSpec& spec) {
    const bool low = std::isfinite(spec.minimum), high = std::isfinite(spec.maximum);
    const auto text = [&](double v) {
        return spec.type == ParamType::Real ? toString(ParamValue{v})
                                            : std::to_string(static_cast<std::int64_t>(v));
    };
    std::string out;
    if (low) out += (spec.minimumExcluded ? "above " : "at least ") + text(spec.minimum);
    if (low && high) out += " and ";
    if (high) out += (spec.maximumExcluded ? "below " : "at most ") + text(spec.maximum);
    return out;
}

Diagnostic outOfRange(const ParamSpec& spec, const std::string& value) {
    const std::string range = rangeText(spec);
    return about(spec, "param.range", value + " is out of range.",
                 range.empty() ? "Give a finite number." : "Give a number " + range + ".");
}

template <class N>
Status checkNumber(const ParamSpec& spec, N number) {
    const auto v = static_cast<double>(number);
    const bool low = spec.minimumExcluded ? v > spec.minimum : v >= spec.minimum;
    const bool high = spec.maximumExcluded ? v < spec.maximum : v <= spec.maximum;
    if (std::isfinite(v) && low && high) return {};
    return refuse(outOfRange(spec, toString(ParamValue{number})));
}

Status wrongType(const ParamSpec& spec) {
    static constexpr const char* wanted[] = {"yes or no", "a whole number",
                                             "a number",  "one of the choices",
                                             "a text",    "two whole numbers such as 3 × 3"};
    return refuse(about(spec, "param.type", "The value is of the wrong kind.",
                        std::string("Give ") + wanted[static_cast<int>(spec.type)] + "."));
}

std::string_view trimmed(std::string_view text) {
    const auto space = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && space(text.back()))
        text.remove_suffix(1);
    return text;
}

template <class N>
std::optional<N> number(std::string_view text) {
    text = trimmed(text);
    N value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool isWholeNumber(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<IntPair> pair(std::string_view text) {
    for (std::string_view sign : {"×", "x", "X", ",", "*"})
        if (const auto at = text.find(sign); at != std::string_view::npos) {
            const auto h = number<std::int64_t>(text.substr(0, at));
            const auto w = number<std::int64_t>(text.substr(at + sign.size()));
            if (!h || !w) return std::nullopt;
            return IntPair{*h, *w};
        }
    if (const auto both = number<std::int64_t>(text)) return IntPair{*both, *both};
    return std::nullopt;
}

} // namespace

Status checkParam(const ParamSpec& spec, const ParamValue& value) {
    switch (spec.type) {
    case ParamType::Bool:
        return std::holds_alternative<bool>(value) ? Status{} : wrongType(spec);
    case ParamType::Text:
        return std::holds_alternative<std::string>(value) ? Status{} : wrongType(spec);
    case ParamType::Int:
        if (const auto* v = std::get_if<std::int64_t>(&value)) return checkNumber(spec, *v);
        return wrongType(spec);
    case ParamType::Real:
        if (const auto* v = std::get_if<double>(&value)) return checkNumber(spec, *v);
        if (const auto* v = std::get_if<std::int64_t>(&value)) return checkNumber(spec, *v);
        return wrongType(spec);
    case ParamType::Pair:
        if (const auto* v = std::get_if<IntPair>(&value)) {
            if (const auto height = checkNumber(spec, v->height); !height) return height;
            return checkNumber(spec, v->width);
        }
        return wrongType(spec);
    case ParamType::Choice:
        break;
    }
    const auto* key = std::get_if<std::string>(&value);
    if (!key) return wrongType(spec);
    std::string known;
    for (const Choice& choice : spec.choices) {
        if (choice.key == *key) return {};
        known += (known.empty() ? "" : ", ") + choice.key;
    }
    return refuse(
        about(spec, "param.choice", "“" + *key + "” is not a choice here.", "Give one of: " + known + "."));
}

Result<ParamValue> parseParam(const ParamSpec& spec, std::string_view text) {
    text = trimmed(text);
    if (!spec.defaultText.empty() && text == spec.defaultText) return spec.defaultValue;
    std::optional<ParamValue> value;
    switch (spec.type) {
    case ParamType::Bool:
        if (text == "yes" || text == "true" || text == "1" || text == "on") value = true;
        if (text == "no" || text == "false" || text == "0" || text == "off") value = false;
        break;
    case ParamType::Int:
        if (const auto v = number<std::int64_t>(text))
            value = *v;
        else if (isWholeNumber(text)) // one that no integer holds
            return refuse(outOfRange(spec, std::string(text)));
        break;
    case ParamType::Real:
        if (const auto v = number<double>(text)) value = *v;
        break;
    case ParamType::Pair:
        if (const auto v = pair(text)) value = *v;
        break;
    case ParamType::Text:
        value = std::string(text);
        break;
    case ParamType::Choice:
        value = std::string(text);
        for (const Choice& choice : spec.choices)
            if (choice.label == text) value = choice.key;
        break;
    }
    if (!value) return refuse(wrongType(spec).error());
    if (const auto status = checkParam(spec, *value); !status) return refuse(status.error());
    return *value;
}

bool applies(const ParamSpec& spec, const ParamSpec& other, const ParamValues& values) {
    // "|a|b|" has "|a|" in it.
    const auto within = [](const std::string& text) {
        return std::string(1, '|').append(text).append(1, '|');
    };
    return within(spec.onlyIfValue).find(within(toString(paramOr(values, other)))) != std::string::npos;
}

const ParamValue& paramOr(const ParamValues& values, const ParamSpec& spec) {
    const auto it = values.find(spec.key);
    return it == values.end() ? spec.defaultValue : it->second;
}

std::vector<Diagnostic> checkParams(const std::vector<ParamSpec>& specs, const ParamValues& values) {
    std::vector<Diagnostic> found;
    for (const auto& [key, value] : values) {
        const auto spec =
            std::find_if(specs.begin(), specs.end(), [&](const ParamSpec& s) { return s.key == key; });
        if (spec == specs.end()) {
            Diagnostic d;
            d.code = "param.unknown";
            d.where = key;
            d.param = key;
            d.what = "There is no such setting.";
            d.mend = "Remove it, or open the file with the version that wrote it.";
            found.push_back(std::move(d));
        } else if (const auto status = checkParam(*spec, value); !status) {
            found.push_back(status.error());
        }
    }
    return found;
}

} // namespace burdock
