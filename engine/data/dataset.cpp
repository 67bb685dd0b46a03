#include "engine/data/dataset.h"

namespace burdock {

std::string_view taskKey(Task task) {
    switch (task) {
    case Task::Multiclass:
        return "multiclass";
    case Task::Binary:
        return "binary";
    case Task::Regression:
        return "regression";
    case Task::Multilabel:
        return "multilabel";
    case Task::NextToken:
        return "next-token";
    }
    return "multiclass";
}

std::span<const Task> allTasks() {
    static constexpr Task all[] = {Task::Multiclass, Task::Binary, Task::Regression, Task::Multilabel,
                                   Task::NextToken};
    return all;
}

Shape DatasetInfo::outputShape() const {
    if (task == Task::NextToken) return {1, input.size(), targets};
    return mask.value_or(Shape{targets, 1, 1});
}

std::int64_t Dataset::targetWidth() const {
    switch (info().task) {
    case Task::Multiclass:
    case Task::Binary:
        return 1;
    case Task::Regression:
    case Task::Multilabel:
        return info().targets;
    case Task::NextToken:
        return info().input.size();
    }
    return 1;
}

} // namespace burdock
