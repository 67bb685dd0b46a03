#pragma once

#include "engine/data/task.h"

namespace burdock {

struct DatasetInfo;
struct MetricSchema;

/// What suits a task: "Outputs: 1 per class, then Softmax. Loss: Softmax cross-entropy. Metrics: Accuracy,
/// F1, Confusion matrix."
std::string describeDefaults(Task task);

/// Whether an epoch can be the best by this metric on these data.
bool canBeBest(const MetricSchema& metric, const DatasetInfo& data);

} // namespace burdock
