#include "ordinal.h"

#include "column.h"
#include "files/lowered.h"
#include "table_profile.h"

#include <algorithm>

namespace burdock {
namespace {

/// Steps of a scale from least to most; words for the same step are parted by "|".
using Scale = std::vector<std::string>;

const std::vector<Scale>& scales() {
    static const std::vector<Scale> all{
        {"none", "very low|very_low", "low", "medium|moderate|med|mid", "high", "very high|very_high"},
        {"tiny", "small", "medium|mid", "large|big", "huge"},
        {"xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl"},
        {"none", "mild", "moderate", "severe", "critical"},
        {"never", "rarely|seldom", "sometimes|occasionally", "often|frequently", "always"},
        {"very poor", "poor|bad", "fair|average|ok|okay", "good", "very good", "excellent"},
        {"strongly disagree", "disagree", "neutral|undecided", "agree", "strongly agree"},
        {"very dissatisfied", "dissatisfied", "neutral", "satisfied", "very satisfied"},
        {"beginner|novice", "intermediate", "advanced", "expert"},
        {"junior", "middle", "senior"},
        {"cold", "cool", "mild", "warm", "hot"},
        {"slow", "medium", "fast"},
        {"short", "medium|average", "tall|long"},
        {"primary", "secondary", "tertiary"},
        {"first|1st", "second|2nd", "third|3rd", "fourth|4th", "fifth|5th"},
        {"low", "normal", "high"},
        {"niedrig", "mittel", "hoch"},
        {"klein", "mittel", "groß"},
        {"alacsony", "közepes", "magas"},
        {"kicsi", "közepes", "nagy"},
    };
    return all;
}

/// Letters are grades only where the column says so: a worse one comes first.
const Scale grades{"f", "e", "d-", "d", "d+", "c-", "c", "c+", "b-", "b", "b+", "a-", "a", "a+"};

std::optional<std::size_t> stepOf(const Scale& scale, const std::string& word) {
    for (std::size_t i = 0; i < scale.size(); ++i) {
        std::string_view left = scale[i];
        while (true) {
            const auto bar = left.find('|');
            if (left.substr(0, bar) == word) return i;
            if (bar == std::string_view::npos) break;
            left.remove_prefix(bar + 1);
        }
    }
    return std::nullopt;
}

std::optional<std::vector<std::string>> onScale(const Scale& scale, const std::vector<std::string>& words) {
    std::vector<std::pair<std::size_t, std::string>> steps;
    for (const std::string& word : words) {
        const auto step = stepOf(scale, lowered(word));
        if (!step) return std::nullopt;
        steps.emplace_back(*step, word);
    }
    std::sort(steps.begin(), steps.end());
    std::vector<std::string> ordered;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (i > 0 && steps[i].first == steps[i - 1].first) return std::nullopt; // Low and low: two words
        ordered.push_back(steps[i].second);
    }
    return ordered;
}

} // namespace

std::optional<std::vector<std::string>> orderedWords(std::string_view column,
                                                     const std::vector<std::string>& words) {
    if (words.size() < 2) return std::nullopt;
    for (const Scale& scale : scales())
        if (auto ordered = onScale(scale, words)) return ordered;
    const std::string name = lowered(column);
    const bool graded = name.find("grade") != std::string::npos || name.find("rating") != std::string::npos;
    return graded ? onScale(grades, words) : std::nullopt;
}

} // namespace burdock
