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
    }
    return "multiclass";
}

} // namespace burdock
