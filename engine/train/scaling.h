#pragma once

#include "engine/data/dataset.h"

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

/// Brings features and targets to a common scale, (x - mean) / deviation, and puts the mean where a value is
/// missing. All of it is measured on the samples that are trained on, and on no others. Empty: leaves
/// everything as it is.
struct Scaling {
    std::vector<float> mean, inverseDeviation; ///< of the features
    std::vector<float> missing;                ///< what stands for NaN, feature by feature; where the data
                                               ///< have such values, or are tables
    std::vector<float> targetMean, targetDeviation;

    /// Measured over the given samples where the data ask for it; a feature that never changes becomes 0.
    static Scaling measure(const Dataset& data, std::span<const std::int64_t> samples,
                           Normalise normalise = Normalise::Auto);
    void apply(std::span<float> sample) const;
    /// What the network learns to give, from what the data say.
    void applyToTargets(std::span<float> targets) const;
    /// What the network gave, in the units of the data.
    void undoOnTargets(std::span<float> outputs) const;
};

} // namespace burdock
