#include "engine/train/train_event.h"

namespace burdock {

std::string_view runStatusKey(RunStatus status) {
    static constexpr std::string_view keys[] = {"running", "finished", "stopped", "failed", "interrupted"};
    return keys[static_cast<std::size_t>(status)];
}

void TrainControl::waitWhilePaused() const {
    while (paused_ && !stop_ && !save_) {
        const std::uint32_t seen = changes_;
        if (paused_ && !stop_ && !save_) changes_.wait(seen);
    }
}

void TrainControl::wake() {
    ++changes_;
    changes_.notify_all();
}

} // namespace burdock
