#include "datapage/seen_samples.h"

#include "datapage/row_table.h"
#include "engine/data/adapt.h"
#include "engine/data/reading.h"
#include "engine/data/split.h"
#include "engine/train/data_loader.h"

#include <algorithm>
#include <cmath>

namespace burdock {
namespace {

void measure(SeenSamples& seen) {
    double count = 0, square = 0;
    for (const SeenSample& sample : seen.samples)
        for (const double value : sample.given) {
            if (count == 0) seen.minimum = seen.maximum = value;
            seen.minimum = std::min(seen.minimum, value);
            seen.maximum = std::max(seen.maximum, value);
            const double before = value - seen.mean;
            seen.mean += before / ++count;
            square += before * (value - seen.mean);
        }
    seen.deviation = count > 0 ? std::sqrt(square / count) : 0;
}

} // namespace

const Scaling& KeptScaling::of(const std::shared_ptr<const Dataset>& original, const Dataset& data,
                               const Split& split, const TrainConfig& config) {
    const bool same = measured_ && original == data_ && data.info().input == shape_ &&
                      config.normalise == config_.normalise && config.fit == config_.fit &&
                      split.train == samples_;
    if (same) return scaling_;
    measured_ = false;
    scaling_ = Scaling::measure(data, split.train, config.normalise);
    samples_ = split.train;
    data_ = original;
    shape_ = data.info().input;
    config_ = config;
    measured_ = true;
    return scaling_;
}

Result<SeenSamples> seenBy(const std::shared_ptr<const Dataset>& data, const std::optional<Shape>& input,
                           const TrainConfig& config, std::uint64_t turn, std::int64_t count,
                           std::int64_t epochs, KeptScaling& kept) {
    const auto wrong = checkAugmentation(config.augmentation);
    if (!wrong.empty()) return refuse(wrong.front());
    const auto fit = input ? fitted(data, *input, config.fit) : data;
    const DatasetInfo& info = fit->info();
    const bool pictures = isPicture(info.input);
    const Augmentation augmentation = pictures ? Augmentation(config.augmentation) : Augmentation();
    const auto seed = static_cast<std::uint64_t>(config.seed);
    const auto parted = makeSplit(*fit, splitOptions(config));
    if (!parted) return refuse(parted.error());
    const Split& split = *parted;
    const Scaling& scaling = kept.of(data, *fit, split, config);

    SeenSamples seen;
    seen.original = data->info().input;
    seen.shape = info.input;
    seen.fits = !input || info.input == *input;
    seen.normalised = !scaling.mean.empty();
    std::vector<float> scratch, target(static_cast<std::size_t>(data->targetWidth()));
    const auto all = shuffledIndices(std::ssize(split.train), turn, 0);
    for (std::int64_t i = 0; i < std::min(count, std::ssize(all)); ++i) {
        continueReading();
        SeenSample sample;
        sample.index = split.train[static_cast<std::size_t>(all[static_cast<std::size_t>(i)])];
        sample.original.resize(static_cast<std::size_t>(seen.original.size()));
        data->readInput(Part::Train, sample.index, sample.original.data());
        data->readCheckedTarget(Part::Train, sample.index, target);
        if (!info.mask) sample.target = targetText(*data, target).toStdString();
        std::vector<float> values(static_cast<std::size_t>(info.input.size()));
        fit->readInput(Part::Train, sample.index, values.data());
        for (std::int64_t epoch = 1; epoch <= (augmentation.isEmpty() ? 1 : epochs); ++epoch) {
            std::vector<float> changed = values;
            augmentation.apply(info.input, changed.data(), augmentationKey(seed, epoch, sample.index),
                               scratch);
            sample.fitted.push_back(std::move(changed));
        }
        sample.given = sample.fitted.front();
        scaling.apply(sample.given);
        seen.samples.push_back(std::move(sample));
    }
    measure(seen);
    return seen;
}

} // namespace burdock
