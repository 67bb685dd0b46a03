#include "surface/surface_scene.h"

#include "engine/data/reading.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace burdock {
namespace {

bool isPlain(const Shape& input) {
    return input.isFlat() && input.size() <= SurfaceScene::mostInputs;
}

QString nameOf(const DatasetInfo& info, std::int64_t input) {
    const auto at = static_cast<std::size_t>(input);
    return at < info.featureNames.size() ? QString::fromStdString(info.featureNames[at])
                                         : SurfaceScene::tr("value %1").arg(input + 1);
}

/// The fields that are a number each; of data without fields, all inputs.
std::vector<SurfaceAxis> plainAxes(const Dataset& data) {
    std::vector<SurfaceAxis> plain;
    const std::vector<InputField> fields = data.inputFields();
    const FieldTexts texts(data);
    for (const InputField& field : fields) {
        if (!field.choices.empty() || field.inputs.size() != 1) continue;
        SurfaceAxis axis{.input = field.inputs.front(), .name = {}, .scale = {}, .span = {}};
        const bool isNumber = kindOf(field) == FieldKind::Number; // else a date, in the input's unit
        axis.name = isNumber ? QString::fromStdString(field.name) : nameOf(data.info(), axis.input);
        if (isNumber) axis.scale = texts.scaleOf(field);
        plain.push_back(std::move(axis));
    }
    if (fields.empty())
        for (std::int64_t i = 0; i < data.info().input.size(); ++i)
            plain.push_back({i, nameOf(data.info(), i), {}, {}});
    return plain;
}

/// The inputs of a sample whose fields all have typical values; empty where there are none.
std::vector<float> typicalInputs(const Dataset& data) {
    std::vector<std::string> texts;
    for (const InputField& field : data.inputFields())
        texts.push_back(field.typical);
    if (texts.empty()) return {};
    const auto sample = data.readFields(texts);
    if (!sample) return {};
    std::vector<float> inputs(static_cast<std::size_t>(data.info().input.size()));
    (*sample)->readInput(0, inputs.data());
    return inputs;
}

void addSamples(SurfaceScene& scene, const Dataset& data, const Samples& from, bool validation) {
    const std::int64_t count = std::ssize(from), taken = std::min(count, SurfaceScene::mostPoints);
    scene.thinned = scene.thinned || taken < count;
    for (std::int64_t i = 0; i < taken; ++i) {
        continueReading();
        const std::int64_t index = from[static_cast<std::size_t>(i * count / taken)];
        const auto grown = [](std::vector<float>& values, std::int64_t by) {
            values.resize(values.size() + static_cast<std::size_t>(by));
            return std::span(values).last(static_cast<std::size_t>(by));
        };
        data.readInput(Part::Train, index, grown(scene.inputs, scene.width).data());
        data.readCheckedTarget(Part::Train, index, grown(scene.wanted, scene.targetWidth));
        scene.isValidation.push_back(validation);
    }
}

/// Of those that are known, ascending.
std::vector<float> valuesOf(const SurfaceScene& scene, std::int64_t input) {
    std::vector<float> values;
    for (std::size_t i = 0; i < scene.samples(); ++i)
        if (const float v =
                scene.inputs[i * static_cast<std::size_t>(scene.width) + static_cast<std::size_t>(input)];
            std::isfinite(v))
            values.push_back(v);
    std::ranges::sort(values);
    return values;
}

bool hasThree(const std::vector<float>& ascending) {
    return !ascending.empty() && std::ranges::any_of(ascending, [&](float v) {
        return v != ascending.front() && v != ascending.back();
    });
}

float medianOf(const std::vector<float>& ascending) {
    return ascending.empty() ? 0 : ascending[ascending.size() / 2];
}

Range spanOf(const std::vector<float>& ascending, const NumberScale& scale) {
    if (ascending.empty()) return {0, 1};
    const double low = scale.numberOf(static_cast<double>(ascending.front())),
                 high = scale.numberOf(static_cast<double>(ascending.back()));
    const double margin = high > low ? 0.08 * (high - low) : std::max(0.5, 0.1 * std::abs(low));
    return {low - margin, high + margin};
}

} // namespace

bool SurfaceScene::mayBeOf(const CheckedNetwork& network) {
    return isPlain(network.inputShape()) && network.outputShape().isFlat();
}

std::shared_ptr<const SurfaceScene> SurfaceScene::of(const Dataset& data, const Split& split) {
    const DatasetInfo& info = data.info();
    const TaskSchema& task = info.task.schema();
    if (!isPlain(info.input) || task.positions || info.mask) return nullptr;
    const std::vector<SurfaceAxis> plain = plainAxes(data);
    if (plain.empty()) return nullptr;

    auto scene = std::make_shared<SurfaceScene>();
    scene->width = info.input.size();
    scene->targetWidth = data.targetWidth();
    scene->numbers = task.targetKind == TargetKind::Number;
    const bool named = scene->numbers && std::ssize(info.targetNames) == info.targets;
    QStringList names;
    for (const std::string& name : named ? info.targetNames : task.answerNames(info))
        names << QString::fromStdString(name);
    // Yes or no has a name for each of both.
    scene->labels = task.targetKind == TargetKind::YesNo && names.size() == scene->targetWidth;
    (scene->numbers || scene->labels ? scene->answers : scene->classes) = names;
    scene->offsets = info.targetOffsets;
    addSamples(*scene, data, split.train, false);
    addSamples(*scene, data, split.validation, true);
    if (scene->samples() == 0) return nullptr;
    scene->typical = typicalInputs(data);
    if (scene->typical.empty())
        for (std::int64_t i = 0; i < scene->width; ++i)
            scene->typical.push_back(medianOf(valuesOf(*scene, i)));
    std::vector<SurfaceAxis> yesOrNo;
    for (SurfaceAxis axis : plain) {
        const std::vector<float> values = valuesOf(*scene, axis.input);
        axis.span = spanOf(values, axis.scale);
        (hasThree(values) ? scene->axes : yesOrNo).push_back(std::move(axis));
    }
    // Numbers that are but yes or no tell little: others come first.
    std::ranges::move(yesOrNo, std::back_inserter(scene->axes));
    if (scene->width == 2) std::ranges::sort(scene->axes, {}, &SurfaceAxis::input);
    return scene;
}

QStringList SurfaceScene::classNames(int answer) const {
    if (!labels) return classes;
    return {tr("not %1").arg(answers.value(answer)), answers.value(answer)};
}

std::vector<float> SurfaceScene::shown(std::span<const float> answer, int which) const {
    if (!numbers && !labels) return {answer.begin(), answer.end()};
    const float one = answer[static_cast<std::size_t>(which)];
    return numbers ? std::vector<float>{one} : std::vector<float>{1.0F - one, one};
}

float SurfaceScene::target(std::size_t sample, int which) const {
    const std::size_t at = numbers || labels ? static_cast<std::size_t>(which) : 0;
    return wanted[sample * static_cast<std::size_t>(targetWidth) + at];
}

Range SurfaceScene::targets(int which) const {
    Range range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (std::size_t i = 0; i < samples(); ++i)
        if (const auto v = static_cast<double>(target(i, which)); std::isfinite(v))
            range = {std::min(range.low, v), std::max(range.high, v)};
    if (!(range.low <= range.high)) return {0, 1};
    if (range.low == range.high) return {range.low - 0.5, range.high + 0.5};
    return range;
}

double SurfaceScene::offset(int which) const {
    const auto at = static_cast<std::size_t>(which);
    return at < offsets.size() ? offsets[at] : 0;
}

} // namespace burdock
