#pragma once

#include <optional>

namespace burdock {

class TrainingRun;

/// Seconds that the run's training will still take; none of one that is not being trained, and none before
/// that can be told. Whoever shows it calls it ETA.
std::optional<double> timeLeft(const TrainingRun& run);

} // namespace burdock
