#include "feature_plan.h"

#include "engine/schema/number_text.h"
#include "files/lowered.h"
#include "files/problem.h"
#include "ordinal.h"
#include "time_units.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace burdock {
namespace {

constexpr std::size_t mostOneHot = 64, mostFrequent = 32;
constexpr std::int64_t enoughRows = 20; ///< to call a column an identifier
constexpr double monday = 4 * day;      ///< 1970-01-05

std::vector<std::string> sortedWords(const ColumnProfile& column) {
    std::vector<std::string> words;
    for (const auto& [word, count] : column.words)
        words.push_back(word);
    std::sort(words.begin(), words.end());
    return words;
}

std::vector<std::string> mostFrequentWords(const ColumnProfile& column, std::size_t count) {
    std::vector<std::pair<std::int64_t, std::string>> all;
    for (const auto& [word, times] : column.words)
        all.emplace_back(-times, word);
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end());
    std::vector<std::string> words;
    for (std::size_t i = 0; i < count; ++i)
        words.push_back(all[i].second);
    return words;
}

bool namesIdentifier(const std::string& name) {
    constexpr std::array<std::string_view, 14> names{"id",       "index", "idx",        "nr",    "no",
                                                     "number",   "row",   "key",        "rowid", "uuid",
                                                     "row name", "nr.",   "unnamed: 0", "#"};
    const std::string low = lowered(name);
    return std::find(names.begin(), names.end(), low) != names.end() || low.ends_with("_id") ||
           low.ends_with(" id") || (name.size() > 2 && name.ends_with("Id")) || low.ends_with("_index");
}

bool isOfEveryRow(const ColumnProfile& column, std::int64_t rows) {
    if (column.isWords()) return static_cast<std::int64_t>(column.words.size()) == rows;
    return column.integers && !column.isDate() && column.missing == 0 &&
           (column.countsUp || !column.whole.anyTwice());
}

} // namespace

/// Goes over the columns once and gathers what is done to them.
class FeaturePlan::Maker {
  public:
    Maker(FeaturePlan& plan, const TableProfile& table)
        : plan_(plan)
        , table_(table) {}

    void add(std::size_t source) {
        const ColumnProfile& profile = table_.columns[source];
        if (profile.isDate())
            addDate(source, profile);
        else if (profile.isWords())
            addWords(source, profile);
        else
            addNumber(source, profile);
    }
    bool sayNothing(const ColumnProfile& profile) {
        if (!profile.isEmpty() && !(profile.isWords() && profile.words.size() < 2)) return false;
        empty_.push_back(profile.name);
        return true;
    }
    void say() {
        const auto say = [this](const std::vector<std::string>& names, const std::string& before,
                                const std::string& behind = ".") {
            if (!names.empty()) plan_.notes_.push_back(before + listed(names) + behind);
        };
        say(empty_, "Left out, as they say nothing: ");
        say(oneHot_, "One feature for each word of: ");
        say(shifted_, "Taken off, so that single precision tells the values apart: ");
    }

  private:
    Column& append(std::size_t source, Kind kind, std::vector<std::string> names) {
        Column column;
        column.source = source;
        column.kind = kind;
        column.format = table_.columns[source].format;
        column.offset = plan_.names_.size();
        column.width = names.size();
        for (std::string& name : names)
            plan_.names_.push_back(std::move(name));
        return plan_.columns_.emplace_back(std::move(column));
    }
    void addNumber(std::size_t source, const ColumnProfile& profile) {
        Column& column = append(source, Kind::Number, {profile.name});
        column.subtract = offsetOf(profile);
        if (column.subtract != 0) shifted_.push_back(plainText(column.subtract) + " of " + profile.name);
    }
    void addDate(std::size_t source, const ColumnProfile& profile) {
        const std::string& name = profile.name;
        const double span = profile.largest - profile.smallest;
        std::string parts;
        const auto angle = [&](Kind kind, const std::string& of) {
            append(source, kind, {name + " (" + of + ", sine)", name + " (" + of + ", cosine)"});
            parts += ", " + of;
        };
        if (profile.dates > 0) {
            append(source, Kind::Years, {name + " (years)"}).subtract = profile.smallest;
            if (span > year / 12) angle(Kind::YearAngle, "time of year");
            if (span >= 2 * day) angle(Kind::WeekAngle, "weekday");
        }
        if (profile.times > 0) angle(Kind::DayAngle, "time of day");
        plan_.notes_.push_back("The " + std::string(profile.dates > 0 ? "dates" : "times") + " of " +
                               inQuotes(name) + " are features as " +
                               (profile.dates > 0 ? "years since the earliest" + parts : parts.substr(2)) +
                               (parts.empty() ? "" : " (as sine and cosine)") +
                               (!profile.format.ambiguous ? "."
                                : profile.format.order == DateOrder::DayFirst
                                    ? "; where the order cannot be told, the day comes first."
                                    : "; the month comes first."));
    }
    void addWords(std::size_t source, const ColumnProfile& profile) {
        const std::vector<std::string> words = sortedWords(profile);
        const auto numbered = [&](Column& column, const std::vector<std::string>& in) {
            for (std::size_t i = 0; i < in.size(); ++i)
                column.index.emplace(in[i], i);
        };
        if (words.size() == 2) { // by the alphabet, on a scale too: runs are stored that were trained so
            numbered(append(source, Kind::Word, {profile.name + " = " + words[1]}), words);
        } else if (const auto steps = orderedWords(profile.name, words)) {
            numbered(append(source, Kind::Word, {profile.name}), *steps);
            std::string text;
            for (const std::string& step : *steps)
                text += (text.empty() ? "" : " < ") + step;
            plan_.notes_.push_back("The words of " + inQuotes(profile.name) +
                                   " are steps of a scale, numbered from 0: " + text + ".");
        } else if (words.size() <= mostOneHot) {
            std::vector<std::string> names;
            for (const std::string& word : words)
                names.push_back(profile.name + " = " + word);
            numbered(append(source, Kind::OneHot, names), words);
            oneHot_.push_back(profile.name);
        } else {
            addManyWords(source, profile);
        }
    }
    void addManyWords(std::size_t source, const ColumnProfile& profile) {
        const std::vector<std::string> frequent = mostFrequentWords(profile, mostFrequent);
        std::vector<std::string> names;
        for (const std::string& word : frequent)
            names.push_back(profile.name + " = " + word);
        names.push_back(profile.name + " = other");
        Column& column = append(source, Kind::OneHot, names);
        std::int64_t covered = 0;
        for (std::size_t i = 0; i < frequent.size(); ++i) {
            column.index.emplace(frequent[i], i);
            covered += profile.words.at(frequent[i]);
        }
        plan_.notes_.push_back(
            inQuotes(profile.name) + " has " + (profile.tooManyWords ? "more than " : "") +
            std::to_string(profile.words.size()) + " different words: the " + std::to_string(mostFrequent) +
            " most frequent, " +
            fixedText(100.0 * static_cast<double>(covered) / static_cast<double>(profile.present()), 0) +
            " % of the rows, have a feature each, and the others one together.");
    }

    FeaturePlan& plan_;
    const TableProfile& table_;
    std::vector<std::string> empty_, oneHot_, shifted_;
};

Result<FeaturePlan> FeaturePlan::make(const TableSource& source, const TableProfile& table,
                                      const TargetPlan& target, const TableOptions& options) {
    FeaturePlan plan;
    const auto ignored = namedColumns(source, table, options.ignore, "what to leave out");
    const auto kept = namedColumns(source, table, options.keep, "what to keep");
    const auto group = namedColumns(source, table, options.group, "the group");
    if (!ignored) return tl::unexpected(ignored.error());
    if (!kept) return tl::unexpected(kept.error());
    if (!group) return tl::unexpected(group.error());
    const auto isIn = [](const std::vector<std::size_t>& all, std::size_t i) {
        return std::find(all.begin(), all.end(), i) != all.end();
    };
    const bool targetIsFeature = options.window > 0 && options.horizon > 0;
    Maker maker(plan, table);
    std::vector<std::size_t> candidates, identifiers;
    std::vector<std::string> many, counting;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const ColumnProfile& column = table.columns[i];
        if ((target.has(i) && !targetIsFeature) || isIn(*ignored, i) || isIn(*group, i) ||
            maker.sayNothing(column))
            continue;
        const bool nameless = i == 0 && column.name == "column 1";
        const bool every = table.rows >= enoughRows && isOfEveryRow(column, table.rows);
        const auto words = static_cast<std::int64_t>(column.words.size());
        if (isIn(*kept, i) || target.has(i)) {
            candidates.push_back(i);
        } else if (every &&
                   (column.isWords() || namesIdentifier(column.name) || (nameless && column.countsUp))) {
            identifiers.push_back(i);
        } else if (column.isWords() &&
                   (column.tooManyWords || (column.words.size() > mostOneHot && 2 * words > table.rows))) {
            many.push_back(column.name);
        } else {
            if (every && column.countsUp) counting.push_back(column.name);
            candidates.push_back(i);
        }
    }
    if (candidates.empty() && many.empty()) {
        for (const std::size_t i : identifiers)
            if (!table.columns[i].isWords()) candidates.push_back(i); // such as a time alone
        std::erase_if(identifiers, [&](std::size_t i) { return isIn(candidates, i); });
    }
    for (const std::size_t i : candidates)
        maker.add(i);
    std::vector<std::string> names;
    for (const std::size_t i : identifiers)
        names.push_back(table.columns[i].name);
    const auto keepText = [&](const std::vector<std::string>& columns) {
        std::string text;
        for (std::size_t i = 0; i < std::min<std::size_t>(3, columns.size()); ++i)
            text += (i ? "+" : "") + escaped(columns[i]);
        return text;
    };
    if (!names.empty())
        plan.notes_.push_back("Left out as identifiers, different in every row: " + listed(names) +
                              " (keep=" + keepText(names) + " takes them in).");
    if (!many.empty())
        plan.notes_.push_back("Left out, as nearly every row has a word of its own: " + listed(many) +
                              " (keep=" + keepText(many) + " takes them in).");
    if (!counting.empty())
        plan.notes_.push_back("Counts up by one from row to row: " + listed(counting) +
                              "; if it only numbers the rows, leave it out (ignore=" + keepText(counting) +
                              ").");
    maker.say();
    if (plan.columns_.empty())
        return refuseFile(source.path(), "csv.columns", "The table has no feature to learn from.",
                          plan.notes_.empty() ? "" : plan.notes_.front(),
                          "Give at least one column besides the target.");
    return plan;
}

std::vector<std::size_t> FeaturePlan::sources() const {
    std::vector<std::size_t> all;
    for (const Column& column : columns_)
        if (all.empty() || all.back() != column.source) all.push_back(column.source);
    return all;
}

std::vector<std::size_t> FeaturePlan::missing(const float* values) const {
    std::vector<std::size_t> all;
    for (const Column& column : columns_)
        if (std::isnan(values[column.offset]) && (all.empty() || all.back() != column.source))
            all.push_back(column.source);
    return all;
}

void FeaturePlan::setFormats(const std::vector<ColumnFormat>& formats) {
    for (Column& column : columns_)
        column.format = formats[column.source];
}

void FeaturePlan::read(Cells cells, float* values) const {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    std::optional<double> value;
    const Column* valueOf = nullptr; // several features may be of one date
    for (const Column& column : columns_) {
        const std::string_view cell = cells[column.source];
        float* const out = values + column.offset;
        if (column.kind == Kind::OneHot || column.kind == Kind::Word) {
            const auto found =
                column.format.marksMissing(cell) ? column.index.end() : column.index.find(cell);
            const bool other = found == column.index.end() && column.width > column.index.size() &&
                               column.kind == Kind::OneHot && !column.format.marksMissing(cell) &&
                               !isOddText(cell);
            if (found == column.index.end() && !other) {
                std::fill_n(out, column.width, nan);
            } else if (column.kind == Kind::Word) {
                *out = static_cast<float>(found->second);
            } else {
                std::fill_n(out, column.width, 0.0f);
                out[other ? column.width - 1 : found->second] = 1;
            }
            continue;
        }
        if (!valueOf || valueOf->source != column.source) value = readValue(cell, column.format);
        valueOf = &column;
        if (!value) {
            std::fill_n(out, column.width, nan);
            continue;
        }
        const auto angle = [&](double turn) {
            const double radians = 2 * std::numbers::pi * (turn - std::floor(turn));
            // What rounding leaves of a zero would be read as a number.
            const auto exact = [](double v) { return static_cast<float>(std::abs(v) < 1e-12 ? 0 : v); };
            out[0] = exact(std::sin(radians));
            out[1] = exact(std::cos(radians));
        };
        switch (column.kind) {
        case Kind::Years:
            *out = static_cast<float>((*value - column.subtract) / year);
            break;
        case Kind::YearAngle:
            angle(*value / year);
            break;
        case Kind::WeekAngle:
            angle((std::floor(*value / day) * day - monday) / week);
            break;
        case Kind::DayAngle:
            angle(*value / day);
            break;
        default:
            *out = static_cast<float>(*value - column.subtract);
        }
    }
}

} // namespace burdock
