#include "datapage/column_use.h"

#include "engine/schema/name_list.h"

#include <algorithm>

namespace burdock {
namespace {

const std::string targetOption = "target", ignoreOption = "ignore";

using Names = std::vector<std::string>;

Names with(Names names, const Names& more) {
    for (const std::string& name : more)
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    return names;
}

Names without(Names names, const Names& less) {
    std::erase_if(names,
                  [&](const std::string& name) { return std::ranges::find(less, name) != less.end(); });
    return names;
}

} // namespace

ColumnUse::ColumnUse(const std::optional<DatasetRef>& reference, const Dataset* data) {
    if (data) {
        targets_ = data->info().targetNames;
        columns_.resize(static_cast<std::size_t>(data->info().input.size()));
        for (const InputField& field : data->inputFields())
            for (const std::int64_t input : field.inputs)
                columns_[static_cast<std::size_t>(input)] = field.name;
    }
    if (!reference) return;
    for (const ParamSpec& spec : reference->params) {
        canPredict_ = canPredict_ || (spec.key == targetOption && spec.type == ParamType::Text);
        canIgnore_ = canIgnore_ || (spec.key == ignoreOption && spec.type == ParamType::Text);
    }
    const auto names = [&](const std::string& key) {
        const auto it = reference->options.find(key);
        const auto* value = it == reference->options.end() ? nullptr : std::get_if<std::string>(&it->second);
        return value && !value->empty() ? partedNames(*value) : Names();
    };
    if (targets_.empty()) targets_ = names(targetOption);
    ignored_ = names(ignoreOption);
}

ParamValues ColumnUse::predicting(const Names& columns) const {
    ParamValues options{{targetOption, joinedNames(columns)}};
    if (canIgnore_) options[ignoreOption] = joinedNames(without(ignored_, columns));
    return options;
}

ParamValues ColumnUse::predictingToo(const Names& columns) const {
    return predicting(with(targets_, columns));
}

ParamValues ColumnUse::ignoring(const Names& columns) const {
    ParamValues options{{ignoreOption, joinedNames(with(ignored_, columns))}};
    if (const Names left = without(targets_, columns); left.size() < targets_.size())
        options[targetOption] = joinedNames(left);
    return options;
}

ParamValues ColumnUse::taking(const Names& columns) const {
    ParamValues options;
    if (canIgnore_) options[ignoreOption] = joinedNames(without(ignored_, columns));
    if (const Names left = without(targets_, columns); left.size() < targets_.size())
        options[targetOption] = joinedNames(left);
    return options;
}

std::string ColumnUse::columnOf(std::size_t input, const std::string& feature) const {
    return input < columns_.size() && !columns_[input].empty() ? columns_[input] : feature;
}

} // namespace burdock
