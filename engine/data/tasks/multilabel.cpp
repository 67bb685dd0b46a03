#include "engine/data/tasks/common.h"
#include "engine/schema/number_text.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

std::size_t pixelsOf(const DatasetInfo& info) {
    return info.mask ? static_cast<std::size_t>(info.mask->area()) : 1;
}

/// Those that the sample carries; of a picture's pixels, those of some area, and how much of it: "road 12 %".
std::string labelsOf(const DatasetInfo& info, std::span<const float> shares) {
    constexpr double leastArea = 0.01; // less is likely to be a few odd pixels
    std::string names;
    const std::size_t pixels = pixelsOf(info);
    bool any = false;
    for (std::size_t label = 0; label < shares.size() / pixels; ++label) {
        const auto yes =
            std::ranges::count_if(shares.subspan(label * pixels, pixels), [](float v) { return v > 0.5F; });
        const double area = static_cast<double>(yes) / static_cast<double>(pixels);
        any = any || yes > 0;
        if (area < leastArea) continue;
        if (!names.empty()) names += ", ";
        names += className(info, static_cast<std::int64_t>(label));
        if (info.mask) names.append(" ").append(fixedText(100 * area, 0)).append(" %");
    }
    if (!names.empty()) return names;
    return any ? "No label on 1 % of the pixels" : "None of the labels";
}

ShownAnswer showLabels(const DatasetInfo& info, std::span<const float> answer, std::span<const float> target,
                       const NumberText& text) {
    ShownAnswer shown; // of pixels, a bar is the share that carries the label
    const std::size_t pixels = pixelsOf(info), labels = answer.size() / pixels;
    std::size_t right = 0;
    for (std::size_t label = 0; label < labels; ++label) {
        double share = 0;
        bool isTrue = false;
        for (std::size_t i = label * pixels; i < (label + 1) * pixels; ++i) {
            share += static_cast<double>(pixels > 1 ? std::round(answer[i]) : answer[i]);
            const bool is = target[i] > 0.5F;
            isTrue = isTrue || is;
            right += (answer[i] > 0.5F) == is;
        }
        shown.bars.push_back(
            {className(info, static_cast<std::int64_t>(label)), share / static_cast<double>(pixels), isTrue});
    }
    shown.answer = labelsOf(info, answer);
    const bool all = right == answer.size();
    shown.truth = all ? "Right."
                  : pixels > 1
                      ? text.share(static_cast<double>(right) / static_cast<double>(answer.size())) +
                            " of the pixels' labels are right."
                      : std::to_string(right) + " of " + std::to_string(labels) + " labels are right.";
    // Among the pixels of a mask a few wrong ones are usual: how many is for the reader to judge.
    shown.verdict = all          ? ShownAnswer::Verdict::Right
                    : pixels > 1 ? ShownAnswer::Verdict::Partly
                                 : ShownAnswer::Verdict::Wrong;
    return shown;
}

} // namespace

TaskSchema multilabelTask() {
    TaskSchema t;
    t.id = "multilabel";
    t.name = "Multilabel classification";
    t.doc = "Each sample, or each pixel of one, carries any number of labels.";
    t.targetKind = TargetKind::YesNo;
    t.outputs = "1 per label";
    t.outputFunction = OutputFunction::Logistic;
    t.loss = "binary-cross-entropy";
    t.metrics = {"accuracy", "f1", "roc_auc"};
    t.targetWidth = [](const DatasetInfo& info) { return info.targets; };
    t.outputShape = [](const DatasetInfo& info) { return info.mask.value_or(Shape{info.targets, 1, 1}); };
    t.asks = [](const DatasetInfo& info) {
        const auto counted = [](std::int64_t labels) {
            return std::to_string(labels) + (labels == 1 ? " label" : " labels");
        };
        if (!info.mask) return counted(info.targets) + (info.targets == 1 ? "," : ", each") + " yes or no";
        return counted(info.mask->channels) + " for each pixel of " + std::to_string(info.mask->height) +
               " × " + std::to_string(info.mask->width);
    };
    t.wants = [](const DatasetInfo& info) {
        if (info.mask)
            return "an output of " + toString(*info.mask) + ", one number for each label of each pixel";
        return info.targets == 1 ? "one output" : std::to_string(info.targets) + " outputs";
    };
    t.accuracy = shareOfYesNo;
    t.answer = [](RawOutput output) {
        for (float& z : output.values)
            z = output.chance(z);
        return std::move(output.values);
    };
    t.showTarget = [](const DatasetInfo& info, std::span<const float> target, const NumberText&) {
        return labelsOf(info, target);
    };
    t.showAnswer = showLabels;
    t.answerNames = [](const DatasetInfo& info) {
        return info.mask ? std::vector<std::string>() : classNames(info, info.targets);
    };
    t.verdict = [](const DatasetInfo& info, std::span<const float> answer) {
        return std::ranges::any_of(answer, [](float share) { return std::isnan(share); })
                   ? std::string()
                   : labelsOf(info, answer);
    };
    return t;
}

} // namespace burdock
