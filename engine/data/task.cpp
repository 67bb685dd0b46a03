#include "engine/data/task.h"

#include "engine/data/tasks/common.h"
#include "engine/tensor/tensor.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace burdock {

const TaskSchema& Task::schema() const {
    if (const TaskSchema* found = tasks().find(id_)) return *found;
    throw std::invalid_argument("there is no task \"" + std::string(id_) + "\"");
}

std::string_view TaskSchema::lacks() const {
    return !name.empty() && targetWidth && outputShape && asks && wants && answer && showTarget &&
                   showAnswer && answerNames && verdict
               ? ""
               : "name, targetWidth, outputShape, asks, wants, answer, showTarget, showAnswer, answerNames "
                 "and "
                 "verdict";
}

Registry<TaskSchema>& tasks() {
    static Registry<TaskSchema> all([] {
        std::vector<TaskSchema> list;
#define BURDOCK_ADD_TASK(function) list.push_back(function());
        BURDOCK_TASKS(BURDOCK_ADD_TASK)
#undef BURDOCK_ADD_TASK
        return list;
    }());
    return all;
}

std::int64_t largestOf(const float* outputs, std::int64_t n) {
    std::int64_t best = 0;
    bool odd = false;
    for (std::int64_t i = 0; i < n; ++i) {
        odd = odd || std::isnan(outputs[i]);
        if (outputs[i] > outputs[best]) best = i;
    }
    return odd ? -1 : best;
}

std::int64_t classOf(float target, std::int64_t n) {
    return target >= 0 && target < static_cast<float>(n) ? static_cast<std::int64_t>(target) : -1;
}

std::string className(const DatasetInfo& info, std::int64_t index) {
    const auto at = static_cast<std::size_t>(std::max<std::int64_t>(0, index));
    return at < info.classNames.size() ? info.classNames[at] : std::to_string(at);
}

std::vector<std::string> classNames(const DatasetInfo& info, std::int64_t count) {
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < count; ++i)
        names.push_back(className(info, i));
    return names;
}

std::string likeliest(const DatasetInfo& info, std::span<const float> shares) {
    const std::int64_t at = largestOf(shares.data(), std::ssize(shares));
    return at < 0 ? std::string() : className(info, at);
}

double shareOfClasses(const Tensor<float>& outputs, const Tensor<float>& targets, float) {
    const std::int64_t width = outputs.shape.size();
    std::int64_t right = 0;
    for (std::int64_t b = 0; b < outputs.batch; ++b) {
        const std::int64_t said = largestOf(outputs.data + b * width, width);
        right += said >= 0 && said == classOf(targets.data[b], width);
    }
    return static_cast<double>(right) / static_cast<double>(outputs.batch);
}

double shareOfYesNo(const Tensor<float>& outputs, const Tensor<float>& targets, float yesAbove) {
    std::int64_t right = 0;
    for (std::int64_t i = 0; i < outputs.size(); ++i)
        right += (outputs.data[i] > yesAbove) == (targets.data[i] > 0.5f) && !std::isnan(outputs.data[i]);
    return static_cast<double>(right) / static_cast<double>(outputs.size());
}

std::vector<float> softmaxOf(RawOutput output) {
    if (output.isDistribution) return std::move(output.values);
    const auto width = static_cast<std::size_t>(output.width);
    for (std::size_t first = 0; first + width <= output.values.size(); first += width) {
        const std::span<float> z = std::span(output.values).subspan(first, width);
        const float top = *std::max_element(z.begin(), z.end());
        float total = 0;
        for (float& v : z)
            total += v = std::exp(v - top);
        for (float& v : z)
            v /= total;
    }
    return std::move(output.values);
}

ShownAnswer showClasses(const DatasetInfo& info, std::span<const float> shares, std::int64_t target,
                        const NumberText& text) {
    ShownAnswer shown;
    std::size_t best = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (shares[i] > shares[best]) best = i;
        const auto index = static_cast<std::int64_t>(i);
        shown.bars.push_back({className(info, index), static_cast<double>(shares[i]), index == target});
    }
    if (shown.bars.empty()) return shown;
    const bool right = shown.bars[best].isTrue;
    shown.answer = shown.bars[best].name + ", " + text.share(shown.bars[best].share);
    shown.truth = right ? "Right." : "Wrong: it is " + className(info, target) + ".";
    shown.verdict = right ? ShownAnswer::Verdict::Right : ShownAnswer::Verdict::Wrong;
    return shown;
}

} // namespace burdock
