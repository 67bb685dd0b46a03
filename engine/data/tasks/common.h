#pragma once

#include "engine/data/dataset.h"

namespace burdock {

/// The one list of the tasks that come with the engine: a line names the function that describes a task and
/// is defined in a file of its own.
#define BURDOCK_TASKS(LINE)                                                                                  \
    LINE(multiclassTask)                                                                                     \
    LINE(binaryTask)                                                                                         \
    LINE(regressionTask)                                                                                     \
    LINE(multilabelTask)                                                                                     \
    LINE(nextTokenTask)

#define BURDOCK_DECLARE_TASK(function) TaskSchema function();
BURDOCK_TASKS(BURDOCK_DECLARE_TASK)
#undef BURDOCK_DECLARE_TASK

// What several tasks share. -----------------------------------------------------------------------------

/// "ankle boot", or the class's number where it has no name.
std::string className(const DatasetInfo& info, std::int64_t index);
/// Those of the first `count` classes.
std::vector<std::string> classNames(const DatasetInfo& info, std::int64_t count);
/// The likeliest class; empty where a share is not a number.
std::string likeliest(const DatasetInfo& info, std::span<const float> shares);
/// Of class numbers, and of yes and no.
double shareOfClasses(const Tensor<float>& outputs, const Tensor<float>& targets, float yesAbove);
double shareOfYesNo(const Tensor<float>& outputs, const Tensor<float>& targets, float yesAbove);
/// The softmax of each column.
std::vector<float> softmaxOf(RawOutput output);
/// The likeliest class beside the true one; `shares` holds a probability a class.
ShownAnswer showClasses(const DatasetInfo& info, std::span<const float> shares, std::int64_t target,
                        const NumberText& text);

} // namespace burdock
