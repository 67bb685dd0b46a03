#include "engine/data/dataset.h"

#include "engine/schema/number_text.h"

#include <cmath>
#include <stdexcept>

namespace burdock {

Shape DatasetInfo::outputShape() const {
    return task->outputShape(*this);
}

std::int64_t Dataset::targetWidth() const {
    return info().task->targetWidth(info());
}

void Dataset::readCheckedTarget(Part part, std::int64_t index, std::span<float> values) const {
    readTarget(part, index, values.data());
    const DatasetInfo& of = info();
    if (of.task->targetKind != TargetKind::Class) return;
    const auto classes = static_cast<float>(of.targets);
    for (const float value : values)
        if (!(value >= 0 && value < classes) || value != std::floor(value))
            throw std::out_of_range("sample " + std::to_string(index + 1) + " of " + of.title +
                                    " has the class " + shortestText(value) + ", and the classes are 0 to " +
                                    std::to_string(of.targets - 1));
}

} // namespace burdock
