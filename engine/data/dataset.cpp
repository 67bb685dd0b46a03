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

Result<std::shared_ptr<const NewSamples>> Dataset::readNew(const std::filesystem::path& path) const {
    Diagnostic d;
    d.code = "dataset.new-samples";
    d.where = path.string();
    d.what = "New samples cannot be read for " + info().title + ".";
    d.why = "The reader of this data set reads no other files than its own.";
    d.mend = "Ask a network that was trained on a table or a folder of your own.";
    return refuse(std::move(d));
}

Result<std::shared_ptr<const NewSamples>> Dataset::readFields(std::span<const std::string>) const {
    Diagnostic d;
    d.code = "dataset.fields";
    d.what = "No sample can be put together by hand for " + info().title + ".";
    d.why = "Its inputs are no single values that could be asked for.";
    d.mend = "Ask about a file instead.";
    return refuse(std::move(d));
}

std::int64_t Dataset::groupOf(Part, std::int64_t) const {
    return 0;
}

double Dataset::timeOf(Part, std::int64_t index) const {
    return static_cast<double>(index);
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
