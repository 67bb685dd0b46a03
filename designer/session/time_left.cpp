#include "session/time_left.h"

#include "session/training_run.h"

#include <cmath>

namespace burdock {

std::optional<double> timeLeft(const TrainingRun& run) {
    using State = TrainingRun::State;
    if (run.state() != State::Training && run.state() != State::Paused) return std::nullopt;
    const double seconds = run.progress().secondsLeft;
    return std::isfinite(seconds) && seconds > 0 ? std::optional(seconds) : std::nullopt;
}

} // namespace burdock
