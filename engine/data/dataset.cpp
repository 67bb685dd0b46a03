#include "engine/data/dataset.h"

namespace burdock {

Shape DatasetInfo::outputShape() const {
    return task->outputShape(*this);
}

std::int64_t Dataset::targetWidth() const {
    return info().task->targetWidth(info());
}

} // namespace burdock
