#pragma once

#include "engine/data/dataset.h"
#include "engine/schema/param_spec.h"

#include <functional>

namespace burdock {

/// Points drawn from a formula: what is to be known of them, and the formula with its options filled in.
struct PointCloud {
    std::int64_t samples = 0;
    std::int64_t features = 2;
    std::int64_t classes = 2; ///< 0: a number is to be predicted
    /// Writes the features of sample `index`; gives its class or number. A function of the index alone.
    std::function<float(std::int64_t index, float* features)> draw;
};

/// One kind of generated data.
struct Generator {
    std::string id, title, doc;
    Task task = Task::Binary;
    std::vector<ParamSpec> params;
    std::function<PointCloud(const ParamValues& options)> make;
};

const std::vector<Generator>& generators();

} // namespace burdock
