#pragma once

#include "engine/data/task.h"

namespace burdock {

struct DatasetInfo;
struct MetricSchema;

/// What suits a task: "Outputs: 1 per class, then Softmax. Loss: Softmax cross-entropy. Metrics: Accuracy,
/// F1, Confusion matrix."
std::string describeDefaults(Task task);

/// Ids of the metrics that tell most of these data, the first of all: what the task's entry names, behind
/// those that are foremost wherever they apply (of masks), and behind the balanced accuracy where classes
/// are `unbalanced`.
std::vector<std::string> tellingMetrics(const DatasetInfo& data, bool unbalanced = false);

/// Whether an epoch can be the best by this metric on these data.
bool canBeBest(const MetricSchema& metric, const DatasetInfo& data);

} // namespace burdock
