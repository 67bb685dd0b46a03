#include "engine/data/tasks/common.h"

namespace burdock {

TaskSchema multiclassTask() {
    TaskSchema t;
    t.id = "multiclass";
    t.name = "Multiclass classification";
    t.doc = "Each sample belongs to one class out of several.";
    t.targetKind = TargetKind::Class;
    t.outputs = "1 per class";
    t.outputFunction = OutputFunction::Softmax;
    t.loss = "softmax-cross-entropy";
    t.metrics = {"accuracy", "f1", "confusion_matrix"};
    t.targetWidth = [](const DatasetInfo&) { return std::int64_t{1}; };
    t.outputShape = [](const DatasetInfo& info) { return Shape{info.targets, 1, 1}; };
    t.asks = [](const DatasetInfo& info) { return std::to_string(info.targets) + " classes"; };
    t.wants = [](const DatasetInfo& info) {
        return std::to_string(info.targets) + " outputs, one for each class";
    };
    t.accuracy = shareOfClasses;
    t.answer = softmaxOf;
    t.showTarget = [](const DatasetInfo& info, std::span<const float> target, const NumberText&) {
        return className(info, static_cast<std::int64_t>(target[0]));
    };
    t.showAnswer = [](const DatasetInfo& info, std::span<const float> answer, std::span<const float> target,
                      const NumberText& text) {
        return showClasses(info, answer, static_cast<std::int64_t>(target[0]), text);
    };
    t.answerNames = [](const DatasetInfo& info) { return classNames(info, info.targets); };
    t.verdict = likeliest;
    return t;
}

} // namespace burdock
