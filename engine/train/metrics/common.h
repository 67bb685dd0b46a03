#pragma once

#include "engine/train/metric.h"

namespace burdock {

/// The one list of the metrics that come with the engine, in the order in which they are shown: a line names
/// the function that describes a metric.
#define BURDOCK_METRICS(LINE)                                                                                \
    LINE(accuracyMetric)                                                                                     \
    LINE(balancedAccuracyMetric)                                                                             \
    LINE(topKMetric)                                                                                         \
    LINE(precisionMetric)                                                                                    \
    LINE(recallMetric)                                                                                       \
    LINE(f1Metric)                                                                                           \
    LINE(iouMetric)                                                                                          \
    LINE(diceMetric)                                                                                         \
    LINE(matthewsMetric)                                                                                     \
    LINE(rocAucMetric)                                                                                       \
    LINE(logLossMetric)                                                                                      \
    LINE(confusionMatrixMetric)                                                                              \
    LINE(maeMetric)                                                                                          \
    LINE(rmseMetric)                                                                                         \
    LINE(mapeMetric)                                                                                         \
    LINE(r2Metric)                                                                                           \
    LINE(perplexityMetric)

#define BURDOCK_DECLARE_METRIC(function) MetricSchema function();
BURDOCK_METRICS(BURDOCK_DECLARE_METRIC)
#undef BURDOCK_DECLARE_METRIC

inline constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

inline double ratio(double part, double whole, double otherwise = undefined) {
    return whole > 0 ? part / whole : otherwise;
}
/// Over what is finite; undefined if nothing is.
double meanOf(const std::vector<double>& values);

} // namespace burdock
