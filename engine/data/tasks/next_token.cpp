#include "engine/data/tasks/common.h"

namespace burdock {

TaskSchema nextTokenTask() {
    TaskSchema t;
    t.id = "next-token";
    t.name = "Next token";
    t.doc = "After each token of a text the next one is to be told.";
    t.targetKind = TargetKind::Class;
    t.positions = true;
    t.generates = true;
    t.outputs = "1 per token, at each position";
    t.outputFunction = OutputFunction::Softmax;
    t.loss = "softmax-cross-entropy";
    t.metrics = {"perplexity", "accuracy"};
    t.targetWidth = [](const DatasetInfo& info) { return info.input.size(); };
    t.outputShape = [](const DatasetInfo& info) { return Shape::sequence(info.input.size(), info.targets); };
    t.asks = [](const DatasetInfo& info) {
        return "the next of " + std::to_string(info.targets) + " tokens";
    };
    t.wants = [](const DatasetInfo& info) {
        return std::to_string(info.targets) + " outputs at each position, one for each token";
    };
    t.accuracy = shareOfClasses;
    t.answer = softmaxOf;
    t.showTarget = [](const DatasetInfo& info, std::span<const float> target, const NumberText&) {
        return className(info, static_cast<std::int64_t>(target.back()));
    };
    t.showAnswer = [](const DatasetInfo& info, std::span<const float> answer, std::span<const float> target,
                      const NumberText& text) { // of the last position
        const auto width = static_cast<std::size_t>(info.targets);
        return showClasses(info, answer.size() >= width ? answer.last(width) : answer,
                           static_cast<std::int64_t>(target.back()), text);
    };
    t.answerNames = [](const DatasetInfo&) { return std::vector<std::string>(); };
    t.verdict = [](const DatasetInfo& info, std::span<const float> answer) { // of the last position
        const auto width = static_cast<std::size_t>(info.targets);
        return likeliest(info, answer.size() >= width ? answer.last(width) : answer);
    };
    return t;
}

} // namespace burdock
