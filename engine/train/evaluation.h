#pragma once

#include "engine/train/metric.h"

namespace burdock {

/// What a network reached on samples it did not learn from.
struct Evaluation {
    double loss = 0;
    double accuracy = 0; ///< NaN where the task has none
    std::int64_t samples = 0;
    double seconds = 0;
    std::vector<MetricValue> metrics; ///< all that the task has, where they were asked for
};

} // namespace burdock
