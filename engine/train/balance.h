#pragma once

#include "engine/train/loss.h"

#include <span>

namespace burdock {

/// The hyperparameter of losses that weighs classes, and its values.
inline constexpr std::string_view classWeightsKey = "class_weights", balancedWeights = "balanced",
                                  positiveWeights = "positive";

/// How unlike in number the classes are, the yes and the no of one question, or the pixels without and with a
/// label (0 and 1).
struct ClassBalance {
    double samples = 0;
    double most = 0, least = 0;        ///< samples of the commonest class, and of the rarest that has any
    std::int64_t common = 0, rare = 0; ///< which classes these are
    std::vector<std::int64_t> absent;  ///< classes without any; of labels of pixels none are told
    /// Labels that few samples carry, the rarest first: of such a label the numbers above are the no and the
    /// yes. Only where a sample may carry several.
    std::vector<std::int64_t> rareLabels;

    /// So much so that an answer which never names the rare class is right most of the time.
    bool isUnbalanced() const { return isApart(most, least); }
    bool hasRareLabels() const { return !rareLabels.empty(); }
    static bool isApart(double most, double least) { return least > 0 && most >= 4 * least; }
};

/// Of counted targets: see countTargets().
ClassBalance balanceOf(const DatasetInfo& info, const TargetCounts& counts);

/// Of classes, of yes or no, of labels, and of those of pixels, all of them together; empty for other tasks.
/// Of very many samples every so manyth is looked at.
ClassBalance balanceOf(const Dataset& data, std::span<const std::int64_t> samples);

} // namespace burdock
