#include "feature_plan.h"

#include "files/problem.h"

#include <algorithm>
#include <limits>

namespace burdock {
namespace {

constexpr std::size_t mostOneHot = 64;

std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t most = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
        text += (i ? ", " : "") + names[i];
    if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
    return text;
}

} // namespace

Result<FeaturePlan> FeaturePlan::make(const CsvText& text, const TableProfile& table, std::size_t target) {
    FeaturePlan plan;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const ColumnProfile& profile = table.columns[i];
        if (i == target) continue;
        const std::size_t words = profile.words.size();
        const bool identifier = words > mostOneHot && static_cast<std::int64_t>(2 * words) > table.rows;
        if (profile.isEmpty() || (profile.isText() && (words < 2 || identifier))) {
            plan.leftOut_.push_back(profile.name);
            continue;
        }
        Column column;
        column.source = i;
        column.offset = plan.names_.size();
        std::size_t place = 0;
        for (const auto& [word, count] : profile.words)
            column.index.emplace(word, place++);
        if (!profile.isText()) {
            plan.names_.push_back(profile.name);
        } else if (words == 2) {
            column.kind = Kind::Flag;
            plan.names_.push_back(profile.name + " = " + profile.words.rbegin()->first);
        } else if (words <= mostOneHot) {
            column.kind = Kind::OneHot;
            column.width = words;
            plan.oneHot_.push_back(profile.name);
            for (const auto& [word, count] : profile.words)
                plan.names_.push_back(profile.name + " = " + word);
        } else {
            column.kind = Kind::Ordinal;
            plan.ordinal_.push_back(profile.name);
            plan.names_.push_back(profile.name);
        }
        plan.columns_.push_back(std::move(column));
    }
    if (plan.columns_.empty())
        return refuseFile(text.path(), "csv.columns", "The table has no feature to learn from.",
                          plan.leftOut_.empty() ? ""
                                                : "Columns that say nothing: " + listed(plan.leftOut_) + ".",
                          "Give at least one column besides the target.");
    return plan;
}

void FeaturePlan::read(CsvFields fields, bool decimalComma, float* values) const {
    for (const Column& column : columns_) {
        const std::string_view field = fields[column.source];
        const Cell cell = readCell(field, decimalComma);
        float* out = values + column.offset;
        if (cell.kind == CellKind::Missing) {
            std::fill_n(out, column.width, std::numeric_limits<float>::quiet_NaN());
            continue;
        }
        if (column.kind == Kind::Number) {
            *out = static_cast<float>(cell.number);
            continue;
        }
        const std::size_t place = column.index.at(std::string(field));
        if (column.kind == Kind::OneHot) {
            std::fill_n(out, column.width, 0.0f);
            out[place] = 1;
        } else {
            *out = static_cast<float>(place);
        }
    }
}

std::string FeaturePlan::doc() const {
    std::string text;
    if (!oneHot_.empty()) text += " One feature for each word of: " + listed(oneHot_) + ".";
    if (!ordinal_.empty()) text += " Words numbered by the alphabet: " + listed(ordinal_) + ".";
    if (!leftOut_.empty()) text += " Left out, as they say nothing: " + listed(leftOut_) + ".";
    return text;
}

} // namespace burdock
