#pragma once

#include "engine/data/dataset.h"
#include "engine/schema/param_spec.h"

#include <functional>

namespace burdock {

/// One kind of generated data.
struct Generator {
    std::string id, title, doc;
    Task task = Task::Binary;
    std::vector<ParamSpec> params;
    /// Completes `info`, which has what is the same for all kinds. The options suit `params`. The same
    /// options give the same data everywhere.
    std::function<Result<std::shared_ptr<const Dataset>>(DatasetInfo info, const ParamValues& options)> make;
};

const std::vector<Generator>& generators();

} // namespace burdock
