#include "engine/train/train_event.h"

namespace burdock {

double StepRecord::value(std::string_view name) const {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) return values[i];
    return std::numeric_limits<double>::quiet_NaN();
}

std::string_view runStatusKey(RunStatus status) {
    static constexpr std::string_view keys[] = {"running", "finished", "stopped", "failed", "interrupted"};
    return keys[static_cast<std::size_t>(status)];
}

void TrainControl::waitWhilePaused(bool forRequests) const {
    const auto idle = [&] {
        return paused_ && !stop_ && !(forRequests && (save_ || checkpoint_ || snapshot_));
    };
    while (idle()) {
        const std::uint32_t seen = changes_;
        if (idle()) changes_.wait(seen);
    }
}

void TrainControl::wake() {
    ++changes_;
    changes_.notify_all();
}

} // namespace burdock
