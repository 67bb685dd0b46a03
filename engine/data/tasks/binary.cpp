#include "engine/data/tasks/common.h"

namespace burdock {

TaskSchema binaryTask() {
    TaskSchema t;
    t.id = "binary";
    t.name = "Binary classification";
    t.doc = "Each sample is one of two: yes or no.";
    t.targetKind = TargetKind::YesNo;
    t.outputs = "1";
    t.outputFunction = OutputFunction::Logistic;
    t.loss = "binary-cross-entropy";
    t.metrics = {"accuracy", "f1", "roc_auc", "confusion_matrix"};
    t.targetWidth = [](const DatasetInfo&) { return std::int64_t{1}; };
    t.outputShape = [](const DatasetInfo& info) { return Shape{info.targets, 1, 1}; };
    t.asks = [](const DatasetInfo&) { return std::string("yes or no"); };
    t.wants = [](const DatasetInfo&) { return std::string("one output"); };
    t.accuracy = shareOfYesNo;
    t.answer = [](RawOutput output) { // "no" first
        const float yes = output.chance(output.values[0]);
        return std::vector<float>{1.0f - yes, yes};
    };
    t.showTarget = [](const DatasetInfo& info, std::span<const float> target, const NumberText&) {
        return className(info, static_cast<std::int64_t>(target[0]));
    };
    t.showAnswer = [](const DatasetInfo& info, std::span<const float> answer, std::span<const float> target,
                      const NumberText& text) {
        const std::vector<float> shares{1.0f - answer.back(), answer.back()};
        return showClasses(info, shares, static_cast<std::int64_t>(target[0]), text);
    };
    t.answerNames = [](const DatasetInfo& info) { return classNames(info, 2); };
    t.verdict = likeliest;
    return t;
}

} // namespace burdock
