#include "engine/data/tasks/common.h"

namespace burdock {
namespace {

/// In the data's units, each with its name where there are several.
std::string listed(const DatasetInfo& info, std::span<const float> values, const NumberText& text) {
    std::string list;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double offset = i < info.targetOffsets.size() ? info.targetOffsets[i] : 0;
        list += list.empty() ? "" : ", ";
        if (values.size() > 1 && i < info.targetNames.size()) list += info.targetNames[i] + " ";
        list += text.number(offset + static_cast<double>(values[i]));
    }
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
    t.showTarget = [](const DatasetInfo& info, std::span<const float> target, const NumberText& text) {
        return listed(info, target, text);
    };
    t.showAnswer = [](const DatasetInfo& info, std::span<const float> answer, std::span<const float> target,
                      const NumberText& text) {
        ShownAnswer shown;
        const bool named = info.targets == 1 && info.targetNames.size() == 1;
        shown.answer =
            "Predicted " + (named ? info.targetNames[0] + " " : std::string()) + listed(info, answer, text);
        shown.truth = "True value " + listed(info, target, text);
        return shown;
    };
    t.answerNames = [](const DatasetInfo& info) {
        std::vector<std::string> names;
        if (std::ssize(info.targetNames) == info.targets) {
            for (const std::string& name : info.targetNames)
                names.push_back(name + " (predicted)"); // data may have a column of the name
            return names;
        }
        for (std::int64_t i = 0; i < info.targets; ++i)
            names.push_back(info.targets == 1 ? "prediction" : "prediction " + std::to_string(i + 1));
        return names;
    };
    t.verdict = [](const DatasetInfo&, std::span<const float>) { return std::string(); };
    return t;
}

} // namespace burdock
