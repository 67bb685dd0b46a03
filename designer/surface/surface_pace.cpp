#include "surface/surface_pace.h"

#include <algorithm>
#include <cmath>

namespace burdock {

void SurfacePace::took(double seconds) {
    constexpr double share = 0.05;
    const double affordable = share * std::chrono::duration<double>(shortestRest).count();
    rest_ = std::max(shortestRest,
                     std::chrono::milliseconds(std::lround(std::min(seconds, 60.0) * 1000 / share)));
    // The time grows with the cells, which are as many as the side squared; never more than twice as many
    // at once, for one measurement says little.
    const double factor = std::clamp(std::sqrt(affordable / std::max(seconds, 1e-6)), 0.7, 1.2);
    if (factor < 0.9 || factor > 1.1)
        side_ = std::clamp(static_cast<int>(std::lround(side_ * factor)), coarsest, finest);
}

} // namespace burdock
