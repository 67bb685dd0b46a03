#include "engine/data/tasks/common.h"

namespace burdock {
namespace {

std::string listed(std::span<const float> values, const NumberText& text) {
    std::string list;
    for (const float v : values)
        list += (list.empty() ? "" : ", ") + text.number(static_cast<double>(v));
    return list;
}

} // namespace

TaskSchema regressionTask() {
    TaskSchema t;
    t.id = "regression";
    t.name = "Regression";
    t.doc = "Numbers are to be predicted.";
    t.targetKind = TargetKind::Number;
    t.outputs = "1 per number to predict";
    t.loss = "mse";
    t.metrics = {"r2", "rmse", "mae"};
    t.targetWidth = [](const DatasetInfo& info) { return info.targets; };
    t.outputShape = [](const DatasetInfo& info) { return Shape{info.targets, 1, 1}; };
    t.asks = [](const DatasetInfo& info) {
        return info.targets == 1 ? "a number to predict"
                                 : std::to_string(info.targets) + " numbers to predict";
    };
    t.wants = [](const DatasetInfo& info) {
        return info.targets == 1 ? "one output" : std::to_string(info.targets) + " outputs";
    };
    t.answer = [](RawOutput output) {
        output.toUnitsOfData(output.values);
        return std::move(output.values);
    };
    t.showTarget = [](const DatasetInfo&, std::span<const float> target, const NumberText& text) {
        return listed(target, text);
    };
    t.showAnswer = [](const DatasetInfo&, std::span<const float> answer, std::span<const float> target,
                      const NumberText& text) {
        ShownAnswer shown;
        shown.answer = "Predicted " + listed(answer, text);
        shown.truth = "True value " + listed(target, text);
        return shown;
    };
    t.answerNames = [](const DatasetInfo& info) {
        std::vector<std::string> names;
        for (std::int64_t i = 0; i < info.targets; ++i)
            names.push_back(info.targets == 1 ? "prediction" : "prediction " + std::to_string(i + 1));
        return names;
    };
    t.verdict = [](const DatasetInfo&, std::span<const float>) { return std::string(); };
    return t;
}

} // namespace burdock
