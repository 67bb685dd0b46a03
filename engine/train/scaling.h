#pragma once

#include "engine/data/dataset.h"

#include <limits>
#include <span>
#include <vector>

namespace burdock {

/// Which features are brought to a common scale.
enum class Normalise {
    Auto,     ///< each one where the data ask for it: tables do, pictures do not
    Off,      ///< none
    Features, ///< each one
    Channels  ///< all pixels of a channel alike
};

/// How the numbers to predict are brought to a scale.
enum class TargetScale {
    Auto,        ///< so that the outputs can reach them; the loss is told in the units of the data
    Standardise, ///< to mean 0 and deviation 1, whatever the outputs can reach; the loss is told of these
    Off          ///< not at all
};

/// What values lie between.
struct ValueRange {
    double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
};

/// What the scale of the numbers to predict goes by.
struct TargetScaling {
    TargetScale how = TargetScale::Standardise;
    ValueRange reach{}; ///< of the network's outputs
};

/// Brings features and targets to a common scale, (x - mean) / deviation, and puts the mean where a value is
/// missing. All of it is measured on the samples that are trained on, and on no others. Empty: leaves
/// everything as it is.
struct Scaling {
    std::vector<float> mean, inverseDeviation; ///< of the features
    std::vector<float> missing;                ///< what stands for NaN, feature by feature; where the data
                                               ///< have such values, or are tables
    /// Of each number to predict what is subtracted and what it is then divided by. Where the outputs have
    /// bounds that standardised targets would pass, these are chosen by the bounds: between two of them the
    /// smallest and the largest target get a tenth of the room as a margin, unless all lie within and fill
    /// half of it; above (or below) one, targets are divided by their deviation and shifted to one unit from
    /// it, but never across 0.
    std::vector<float> targetMean, targetDeviation;

    /// Measured over the given samples where the data ask for it; a feature that never changes becomes 0.
    static Scaling measure(const Dataset& data, std::span<const std::int64_t> samples,
                           Normalise normalise = Normalise::Auto, const TargetScaling& targets = {});
    void apply(std::span<float> sample) const;
    /// What the network learns to give, from what the data say.
    void applyToTargets(std::span<float> targets) const;
    /// What the network gave, in the units of the data.
    void undoOnTargets(std::span<float> outputs) const;
};

} // namespace burdock
