#pragma once

#include <limits>

namespace burdock {

/// Samples a second, told once enough has been measured: a few milliseconds say more of the clock and of the
/// first step than of the machine.
class SpeedMeter {
  public:
    static constexpr double enough = 0.1; ///< seconds

    void add(double samples, double seconds) {
        samples_ += samples;
        seconds_ += seconds;
        if (!(seconds_ >= enough)) return;
        latest_ = samples_ / seconds_;
        samples_ = seconds_ = 0;
    }
    double latest() const { return latest_; } ///< NaN before

  private:
    double samples_ = 0, seconds_ = 0;
    double latest_ = std::numeric_limits<double>::quiet_NaN();
};

} // namespace burdock
