#include "engine/data/dataset.h"

#include "engine/schema/param_value.h"

#include <cmath>
#include <stdexcept>

namespace burdock {

Shape DatasetInfo::outputShape() const {
    return task->outputShape(*this);
}

std::int64_t Dataset::targetWidth() const {
    return info().task->targetWidth(info());
}

void Dataset::readCheckedTarget(Part part, std::int64_t index, float* values) const {
    readTarget(part, index, values);
    if (info().task->targetKind != TargetKind::Class) return;
    const auto classes = static_cast<float>(info().targets);
    for (std::int64_t i = 0; i < targetWidth(); ++i)
        if (!(values[i] >= 0 && values[i] < classes) || values[i] != std::floor(values[i]))
            throw std::out_of_range("sample " + std::to_string(index + 1) + " of " + info().title +
                                    " has the class " + toString(ParamValue{static_cast<double>(values[i])}) +
                                    ", and the classes are 0 to " + std::to_string(info().targets - 1));
}

} // namespace burdock
