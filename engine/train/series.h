#pragma once

#include "engine/train/metric.h"

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace burdock {

/// A number under the name of its series, such as "validation.loss": see SeriesSchema.
struct NamedValue {
    std::string name;
    double value = std::numeric_limits<double>::quiet_NaN();

    friend bool operator==(const NamedValue&, const NamedValue&) = default;
};
/// So few that they are searched one by one; a name comes once.
using NamedValues = std::vector<NamedValue>;
double valueOf(const NamedValues& values, std::string_view name); ///< NaN where there is no such name

/// What is measured while a network is trained, under names of the form split.metric: "train.loss" over the
/// mini-batches, "validation.accuracy" and "test.f1" over the samples of their splits. What belongs to the
/// training itself has no split: "learning_rate". Titles, units and formats of every chart, column and line
/// come from here.
struct SeriesSchema {
    std::string name;        ///< "validation.accuracy"
    std::string split;       ///< "train", "validation", "test" or empty
    std::string metric;      ///< "accuracy": a MetricSchema's id, "loss" or "learning_rate"
    std::string metricTitle; ///< "Accuracy"
    std::string title;       ///< "Validation accuracy"
    std::string doc;
    MetricSchema::Better better = MetricSchema::Better::Neither;
    bool share = false; ///< a part of one, which people read as a percentage
    double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();

    /// Whether `a` is the better value; what is no number never is.
    bool isBetter(double a, double b) const;
};
/// The series that every run has, as far as its task goes: the loss and the usual metrics of each split.
std::vector<std::string> usualSeries();
/// A title in mid-sentence: "validation loss", but "ROC AUC".
std::string inSentence(std::string title);
std::string seriesName(std::string_view split, std::string_view metric); ///< "validation.accuracy"
/// Of any name; of a metric that is not known (a plugin's) as much as the name says.
SeriesSchema describeSeries(std::string_view name);
/// The one that tells most: a foremost metric (IoU of masks), else the first usual one, else the one that a
/// task names first (R² of numbers), else the first of all in reading order. Empty for nothing.
/// `bestBy`: the metric by which the best epoch was chosen, which comes before the usual ones where it is the
/// one for unbalanced classes or the first of a task.
NamedValue headline(const NamedValues& values, std::string_view bestBy = {});
/// The order in which people read them: the loss, the metrics as they are registered, then the rest; of each
/// the splits in the order of a run.
std::vector<std::string> inReadingOrder(std::vector<std::string> names);

} // namespace burdock
