#include "engine/schema/number_text.h"
#include "feature_plan.h"
#include "time_units.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace burdock {
namespace {

constexpr double minute = 60;
constexpr const char* otherWord = "other";

/// As ISO 8601 has it, which is read whatever order the column's dates have: 2023-03-01 14:30, or a part.
std::string dateText(double seconds, bool hasDate, bool hasTime) {
    const double unit = hasTime ? minute : day;
    const double whole = std::round(seconds / unit) * unit, days = std::floor(whole / day);
    const std::chrono::year_month_day date{
        std::chrono::sys_days(std::chrono::days(static_cast<std::int64_t>(days)))};
    const int minutes = static_cast<int>((whole - days * day) / minute);
    char text[64] = "", time[16] = "";
    if (hasDate)
        std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    if (hasTime)
        std::snprintf(time, sizeof time, "%s%02d:%02d", hasDate ? " " : "", minutes / 60, minutes % 60);
    return std::string(text) + time;
}

} // namespace

void FeaturePlan::addChoices(InputField& field, const Column& column, const ColumnProfile& profile) const {
    std::vector<std::pair<std::int64_t, std::string>> words;
    for (const auto& [word, place] : column.index) {
        const auto met = profile.words.find(word);
        words.emplace_back(met == profile.words.end() ? 0 : -met->second, word);
    }
    std::ranges::sort(words);
    for (auto& [count, word] : words)
        field.choices.push_back(std::move(word));
    const bool others = column.kind == Kind::OneHot && column.width > column.index.size();
    if (others && !column.index.contains(otherWord)) field.choices.emplace_back(otherWord);
    field.typical = field.choices.front();
}

std::string FeaturePlan::typical(const Column& column, const ColumnProfile& profile,
                                 std::span<const float> rows) const {
    std::vector<double> values;
    for (std::size_t row = 0; row < rows.size(); row += width()) {
        const auto value = static_cast<double>(rows[row + column.offset]);
        if (std::isnan(value)) continue;
        if (column.kind == Kind::DayAngle) {
            const double turn = std::atan2(value, static_cast<double>(rows[row + column.offset + 1]));
            values.push_back((turn < 0 ? turn / (2 * std::numbers::pi) + 1 : turn / (2 * std::numbers::pi)) *
                             day);
        } else if (column.kind == Kind::Years) {
            values.push_back(column.subtract + value * year);
        } else {
            values.push_back(column.subtract + sameText(rows[row + column.offset]));
        }
    }
    if (values.empty()) return {};
    const auto middle = values.begin() + std::ssize(values) / 2;
    std::nth_element(values.begin(), middle, values.end());
    return profile.isDate() ? dateText(*middle, profile.dates > 0, profile.times > 0) : plainText(*middle);
}

std::vector<InputField> FeaturePlan::fields(const TableProfile& table, std::span<const float> rows) const {
    std::vector<InputField> all;
    std::size_t source = table.columns.size();
    for (const Column& column : columns_) {
        const ColumnProfile& profile = table.columns[column.source];
        if (column.source != source) { // a date's features stand one behind the other
            InputField& field = all.emplace_back();
            field.name = profile.name;
            if (profile.isWords()) {
                addChoices(field, column, profile);
            } else {
                field.typical = typical(column, profile, rows);
                if (!profile.isDate()) {
                    field.lowest = profile.smallest;
                    field.highest = profile.largest;
                    field.whole = profile.integers;
                }
            }
            source = column.source;
        }
        for (std::size_t i = 0; i < column.width; ++i)
            all.back().inputs.push_back(static_cast<std::int64_t>(column.offset + i));
    }
    return all;
}

} // namespace burdock
