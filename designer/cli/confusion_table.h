#pragma once

#include "engine/train/metric.h"

namespace burdock::cli {

/// Metrics that have a value for each class, label or number to predict, a row each under its name; nothing
/// where there are none. To standard output.
void printByTarget(const std::vector<MetricValue>& metrics, const std::vector<std::string>& names);

/// Prints the confusion matrix among the metrics after an empty line: a row a true class, a column what it
/// was taken for. Nothing where there is none; of many classes one line, for no terminal is so wide. `names`
/// may be empty.
void printConfusion(const std::vector<MetricValue>& metrics, const std::vector<std::string>& names);

} // namespace burdock::cli
