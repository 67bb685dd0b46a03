#include "engine/train/series.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace burdock {
namespace {

using Better = MetricSchema::Better;

struct Measure {
    std::string_view id, title, doc;
    Better better;
};
// What training measures by itself, beside the registered metrics.
constexpr std::array<Measure, 2> ofTraining{{
    {"loss", "Loss", "What training makes small, without penalties.", Better::Smaller},
    {"learning_rate", "Learning rate", "The size of a step.", Better::Neither},
}};

struct SplitWord {
    std::string_view id, title;
};
constexpr std::array<SplitWord, 3> splits{
    {{"train", "Training"}, {"validation", "Validation"}, {"test", "Test"}}};

const SplitWord* findSplit(std::string_view id) {
    const auto at =
        std::find_if(splits.begin(), splits.end(), [&](const SplitWord& s) { return s.id == id; });
    return at == splits.end() ? nullptr : &*at;
}

} // namespace

double valueOf(const NamedValues& values, std::string_view name) {
    for (const NamedValue& one : values)
        if (one.name == name) return one.value;
    return std::numeric_limits<double>::quiet_NaN();
}

bool SeriesSchema::isBetter(double a, double b) const {
    if (std::isnan(a)) return false;
    if (std::isnan(b)) return true;
    return better == Better::Larger ? a > b : better == Better::Smaller && a < b;
}

std::string inSentence(std::string title) {
    const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    const std::string_view first = std::string_view(title).substr(0, title.find(' '));
    const bool word = first.size() > 1 && upper(first[0]) && first[1] >= 'a' && first[1] <= 'z' &&
                      std::ranges::count_if(first, upper) == 1; // IoU is none
    if (word) title[0] = static_cast<char>(title[0] - 'A' + 'a');
    return title;
}

std::vector<std::string> usualSeries() {
    std::vector<std::string> names;
    for (const SplitWord& split : splits) {
        names.push_back(seriesName(split.id, ofTraining[0].id));
        for (const MetricSchema& metric : metrics())
            if (metric.usual) names.push_back(seriesName(split.id, metric.id));
    }
    return names;
}

std::string seriesName(std::string_view split, std::string_view metric) {
    return split.empty() ? std::string(metric) : std::string(split) + '.' + std::string(metric);
}

SeriesSchema describeSeries(std::string_view name) {
    SeriesSchema s;
    s.name = name;
    s.metric = name;
    const std::size_t dot = name.find('.');
    const SplitWord* split = dot == std::string_view::npos ? nullptr : findSplit(name.substr(0, dot));
    if (split) {
        s.split = split->id;
        s.metric = name.substr(dot + 1);
    }
    s.metricTitle = s.metric;
    for (const Measure& measure : ofTraining) {
        if (measure.id != s.metric) continue;
        s.metricTitle = measure.title;
        s.doc = measure.doc;
        s.better = measure.better;
        s.low = 0;
    }
    if (const MetricSchema* metric = findMetric(s.metric)) {
        s.metricTitle = metric->name;
        s.doc = metric->doc;
        s.better = metric->better;
        s.share = metric->share;
        s.low = metric->low;
        s.high = metric->high;
    }
    s.title = split ? std::string(split->title) + ' ' + inSentence(s.metricTitle) : s.metricTitle;
    return s;
}

NamedValue headline(const NamedValues& values, std::string_view bestBy) {
    std::vector<std::string> names;
    for (const NamedValue& value : values)
        if (!std::isnan(value.value)) names.push_back(value.name);
    names = inReadingOrder(std::move(names));
    if (names.empty()) return {};
    const auto isFirst = [](const MetricSchema& metric) {
        return std::ranges::any_of(tasks(), [&](const TaskSchema& task) {
            return !task.metrics.empty() && task.metrics.front() == metric.id;
        });
    };
    const auto rank = [&](const std::string& name) {
        const MetricSchema* metric = findMetric(describeSeries(name).metric);
        if (!metric) return 2;
        if (metric->foremost) return -2;
        if (metric->id == bestBy && (bestBy == "balanced_accuracy" || isFirst(*metric))) return -1;
        if (metric->usual) return 0;
        return isFirst(*metric) ? 1 : 2;
    };
    const std::string& name = *std::ranges::min_element(names, {}, rank);
    return {name, valueOf(values, name)};
}

std::vector<std::string> inReadingOrder(std::vector<std::string> names) {
    const auto place = [](const std::string& name) {
        const SeriesSchema s = describeSeries(name);
        const Registry<MetricSchema>& all = metrics();
        const auto metric =
            std::find_if(all.begin(), all.end(), [&](const auto& m) { return m.id == s.metric; });
        const auto split =
            std::find_if(splits.begin(), splits.end(), [&](const auto& w) { return w.id == s.split; });
        const auto rank = s.metric == ofTraining[0].id ? -1 : metric - all.begin();
        return std::tuple(static_cast<std::ptrdiff_t>(rank), s.metric, split - splits.begin());
    };
    std::stable_sort(names.begin(), names.end(),
                     [&](const std::string& a, const std::string& b) { return place(a) < place(b); });
    return names;
}

} // namespace burdock
