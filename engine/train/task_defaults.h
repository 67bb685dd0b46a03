#pragma once

#include "engine/data/dataset.h"

namespace burdock {

/// What suits a task: the last rows of the usual tables for regression and for classification networks
/// (Géron: Hands-on machine learning, chapter 10).
struct TaskDefaults {
    Task task;
    std::string name;                 ///< for people: "Binary classification"
    std::string outputs;              ///< "1 per class"
    std::string outputActivation;     ///< a layer's id; empty: none
    std::string loss;                 ///< a LossSchema's id
    std::vector<std::string> metrics; ///< ids of what tells most, the first of all
};

const TaskDefaults& taskDefaults(Task task);

/// "Outputs: 1 per class, then softmax. Loss: Softmax cross-entropy. Metrics: Accuracy, F1, Confusion
/// matrix."
std::string describeDefaults(Task task);

} // namespace burdock
