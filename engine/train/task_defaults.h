#pragma once

#include "engine/data/task.h"

namespace burdock {

/// What suits a task: "Outputs: 1 per class, then Softmax. Loss: Softmax cross-entropy. Metrics: Accuracy,
/// F1, Confusion matrix."
std::string describeDefaults(Task task);

} // namespace burdock
