#include "datapage/column_use.h"

#include <algorithm>

namespace burdock {
namespace {

const std::string targetOption = "target", ignoreOption = "ignore";

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : "+") + name;
    return text;
}

std::vector<std::string> parted(std::string_view text) {
    std::vector<std::string> names;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('+'), text.size());
        if (end > 0) names.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return names;
}

} // namespace

ColumnUse::ColumnUse(const std::optional<DatasetRef>& reference) {
    if (!reference) return;
    for (const ParamSpec& spec : reference->params) {
        canPredict_ = canPredict_ || (spec.key == targetOption && spec.type == ParamType::Text);
        canIgnore_ = canIgnore_ || (spec.key == ignoreOption && spec.type == ParamType::Text);
    }
    const auto text = [&](const std::string& key) {
        const auto it = reference->options.find(key);
        const auto* value = it == reference->options.end() ? nullptr : std::get_if<std::string>(&it->second);
        return value ? *value : std::string();
    };
    target_ = text(targetOption);
    ignored_ = parted(text(ignoreOption));
}

ParamValues ColumnUse::predicting(const std::string& column) const {
    ParamValues options = canIgnore_ ? taking(column) : ParamValues();
    options[targetOption] = column;
    return options;
}

ParamValues ColumnUse::ignoring(const std::vector<std::string>& columns) const {
    std::vector<std::string> names = ignored_;
    for (const std::string& column : columns)
        if (std::ranges::find(names, column) == names.end()) names.push_back(column);
    return {{ignoreOption, joined(names)}};
}

ParamValues ColumnUse::taking(const std::string& column) const {
    std::vector<std::string> names = ignored_;
    std::erase(names, column);
    return {{ignoreOption, joined(names)}};
}

std::string ColumnUse::columnOf(const std::string& feature) {
    return feature.substr(0, feature.find(" = "));
}

} // namespace burdock
