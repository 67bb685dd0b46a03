#pragma once

#include "generators.h"

namespace burdock {

/// Points drawn from a formula: what is to be known of them, and the formula with its options filled in.
struct PointCloud {
    std::int64_t samples = 0;
    std::int64_t features = 2;
    std::int64_t classes = 2; ///< 0: a number is to be predicted
    /// Writes the features of sample `index`; gives its class or number. A function of the index alone.
    std::function<float(std::int64_t index, float* features)> draw;
};

/// Draws all points at once. What `info` is to say of task, sizes and contents is filled in.
std::shared_ptr<const Dataset> drawPoints(DatasetInfo info, const PointCloud& cloud);

/// Data of this kind, or what is wrong with the options.
Result<std::shared_ptr<const Dataset>> generate(const Generator& generator, const ParamValues& options);

} // namespace burdock
