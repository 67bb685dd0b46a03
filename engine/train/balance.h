#pragma once

#include "engine/data/dataset.h"

#include <span>

namespace burdock {

/// How unlike in number the classes are, the yes and the no of one question, or the pixels without and with a
/// label (0 and 1).
struct ClassBalance {
    double samples = 0;
    double most = 0, least = 0;        ///< samples of the commonest class, and of the rarest that has any
    std::int64_t common = 0, rare = 0; ///< which classes these are
    std::vector<std::int64_t> absent;  ///< classes without any

    /// So much so that an answer which never names the rare class is right most of the time.
    bool isUnbalanced() const { return least > 0 && most >= 4 * least; }
};

/// Of classes, of yes or no, and of the labels of pixels, all of them together; empty for other tasks. Of
/// very many samples every so manyth is looked at.
ClassBalance balanceOf(const Dataset& data, std::span<const std::int64_t> samples);

} // namespace burdock
