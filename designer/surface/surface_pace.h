#pragma once

#include <chrono>

namespace burdock {

/// How fine pictures of a network that is being trained are, and how often they are made, so that they take
/// no more than a twentieth of one processor's time.
class SurfacePace {
  public:
    static constexpr int coarsest = 24, finest = 96;
    static constexpr std::chrono::milliseconds shortestRest{100};

    /// The last picture took so long.
    void took(double seconds);
    int side() const { return side_; } ///< cells each way
    /// From the beginning of a picture to that of the next.
    std::chrono::milliseconds rest() const { return rest_; }

  private:
    int side_ = 48;
    std::chrono::milliseconds rest_ = shortestRest;
};

} // namespace burdock
