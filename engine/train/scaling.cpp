#include "engine/train/scaling.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace burdock {
namespace {

/// Mean and variance of each of `width` numbers, one sample after the other (Welford 1962); NaN is left out.
class Moments {
  public:
    explicit Moments(std::size_t width)
        : count_(width, 0.0)
        , mean_(width, 0.0)
        , square_(width, 0.0) {}
    void add(std::span<const float> values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (std::isnan(values[i])) continue;
            const double before = values[i] - mean_[i];
            mean_[i] += before / ++count_[i];
            square_[i] += before * (values[i] - mean_[i]);
        }
    }
    /// The moments of each group of `size` numbers become those of the group.
    void pool(std::size_t size) {
        for (std::size_t first = 0; first < mean_.size(); first += size) {
            double count = 0, sum = 0, square = 0;
            for (std::size_t i = first; i < first + size; ++i) {
                count += count_[i];
                sum += count_[i] * mean_[i];
            }
            const double mean = count > 0 ? sum / count : 0;
            for (std::size_t i = first; i < first + size; ++i)
                square += square_[i] + count_[i] * (mean_[i] - mean) * (mean_[i] - mean);
            for (std::size_t i = first; i < first + size; ++i) {
                count_[i] = count;
                mean_[i] = mean;
                square_[i] = square;
            }
        }
    }
    std::vector<float> means() const { return {mean_.begin(), mean_.end()}; }
    /// 0 where nothing ever changes, but for what rounding makes of pooled means. Whatever the unit: a charge
    /// in coulombs is 1e-19. What has no inverse in single precision counts as 0.
    std::vector<float> deviations() const {
        constexpr double rounding = 1e-12, least = 1.0 / std::numeric_limits<float>::max();
        std::vector<float> all;
        for (std::size_t i = 0; i < square_.size(); ++i) {
            const double deviation = count_[i] > 0 ? std::sqrt(square_[i] / count_[i]) : 0;
            const bool changes = deviation > std::max(least, rounding * std::abs(mean_[i]));
            all.push_back(changes ? static_cast<float>(deviation) : 0.0f);
        }
        return all;
    }

  private:
    std::vector<double> count_, mean_, square_;
};

/// The smallest and the largest of each number to predict.
std::vector<ValueRange> rangesOf(const Dataset& data, std::span<const std::int64_t> samples) {
    std::vector<float> target(static_cast<std::size_t>(data.targetWidth()));
    std::vector<ValueRange> ranges(target.size(), {ValueRange{}.high, ValueRange{}.low});
    for (const std::int64_t sample : samples) {
        data.readTarget(Part::Train, sample, target.data());
        for (std::size_t i = 0; i < target.size(); ++i) { // NaN is neither smaller nor larger
            ranges[i].low = std::min(ranges[i].low, static_cast<double>(target[i]));
            ranges[i].high = std::max(ranges[i].high, static_cast<double>(target[i]));
        }
    }
    return ranges;
}

struct Affine {
    double offset = 0, unit = 1; ///< (t - offset) / unit
};

/// Brings targets between two bounds.
Affine between(const ValueRange& reach, const ValueRange& targets) {
    const double room = reach.high - reach.low, span = targets.high - targets.low;
    if (targets.low >= reach.low && targets.high <= reach.high && span >= room / 2) return {};
    const double unit = span > 0 ? span / (0.8 * room) : 1;
    return {(targets.low + targets.high) / 2 - unit * (reach.low + reach.high) / 2, unit};
}

/// Brings targets above a bound, from their mean and deviation.
Affine above(double bound, double smallest, Affine usual) {
    constexpr double margin = 1; // in deviations
    const double shifted = smallest - (bound + margin) * usual.unit;
    if (usual.offset <= shifted) return usual; // standardised ones are far enough from it
    const bool positive = bound == 0 && smallest >= 0;
    return {positive ? std::max(0.0, shifted) : shifted, usual.unit};
}

/// `usual`: the mean and the deviation.
Affine within(const ValueRange& reach, const ValueRange& targets, Affine usual) {
    if (!(targets.low <= targets.high)) return usual; // there are none
    const bool low = std::isfinite(reach.low), high = std::isfinite(reach.high);
    if (low && high) return between(reach, targets);
    if (low) return above(reach.low, targets.low, usual);
    if (!high) return usual;
    const Affine mirrored = above(-reach.high, -targets.high, {-usual.offset, usual.unit});
    return {-mirrored.offset, mirrored.unit};
}

/// Whether numbers that are not scaled by themselves have to be, lest the outputs cannot reach them.
bool passes(const ValueRange& reach, const std::vector<ValueRange>& targets) {
    return std::ranges::any_of(targets,
                               [&](const ValueRange& t) { return t.low < reach.low || t.high > reach.high; });
}

} // namespace

Scaling Scaling::measure(const Dataset& data, std::span<const std::int64_t> samples, Normalise normalise,
                         const TargetScaling& targetScaling) {
    Scaling scaling;
    const DatasetInfo& info = data.info();
    const bool standardise = normalise == Normalise::Auto ? info.standardise : normalise != Normalise::Off;
    const ValueRange& reach = targetScaling.reach;
    const bool bounded = targetScaling.how == TargetScale::Auto &&
                         info.task->targetKind == TargetKind::Number &&
                         (std::isfinite(reach.low) || std::isfinite(reach.high));
    const std::vector<ValueRange> ranges = bounded ? rangesOf(data, samples) : std::vector<ValueRange>{};
    const bool features = standardise || info.missingValues > 0,
               targets = targetScaling.how != TargetScale::Off &&
                         (info.standardiseTargets || passes(reach, ranges));
    if ((!features && !targets) || samples.empty()) return scaling;
    std::vector<float> input(static_cast<std::size_t>(info.input.size()));
    std::vector<float> target(static_cast<std::size_t>(data.targetWidth()));
    Moments inputs(input.size()), outputs(target.size());
    for (const std::int64_t sample : samples) {
        if (features) {
            data.readInput(Part::Train, sample, input.data());
            inputs.add(input);
        }
        if (targets) {
            data.readTarget(Part::Train, sample, target.data());
            outputs.add(target);
        }
    }
    if (features) scaling.missing = inputs.means();
    if (standardise) {
        if (normalise == Normalise::Channels)
            inputs.pool(static_cast<std::size_t>(info.input.height * info.input.width));
        scaling.mean = inputs.means();
        for (const float deviation : inputs.deviations())
            scaling.inverseDeviation.push_back(deviation > 0 ? 1 / deviation : 0.0f);
    }
    if (targets) {
        scaling.targetMean = outputs.means();
        for (const float deviation : outputs.deviations())
            scaling.targetDeviation.push_back(deviation > 0 ? deviation : 1.0f);
    }
    for (std::size_t i = 0; targets && i < ranges.size(); ++i) {
        const Affine fitted = within(
            reach, ranges[i],
            {static_cast<double>(scaling.targetMean[i]), static_cast<double>(scaling.targetDeviation[i])});
        scaling.targetMean[i] = static_cast<float>(fitted.offset);
        scaling.targetDeviation[i] = static_cast<float>(fitted.unit);
    }
    return scaling;
}

void Scaling::apply(std::span<float> sample) const {
    for (std::size_t i = 0; i < missing.size(); ++i)
        if (std::isnan(sample[i])) sample[i] = missing[i];
    for (std::size_t i = 0; i < mean.size(); ++i)
        sample[i] = (sample[i] - mean[i]) * inverseDeviation[i];
}

void Scaling::applyToTargets(std::span<float> targets) const {
    for (std::size_t i = 0; i < targetMean.size(); ++i)
        targets[i] = (targets[i] - targetMean[i]) / targetDeviation[i];
}

void Scaling::undoOnTargets(std::span<float> outputs) const {
    for (std::size_t i = 0; i < targetMean.size(); ++i)
        outputs[i] = outputs[i] * targetDeviation[i] + targetMean[i];
}

} // namespace burdock
