#pragma once

#include "engine/train/series.h"

namespace burdock {

/// What a network reached on samples it did not learn from.
struct Evaluation {
    double loss = 0; ///< not a number where any value within the network was not finite
    std::int64_t samples = 0;
    double seconds = 0;
    std::vector<MetricValue> metrics; ///< those that were asked for, in the order of the registry

    /// The loss and the metrics that are one number, under the names of that split: "test.loss".
    NamedValues values(std::string_view split) const;
};

} // namespace burdock
