#include "engine/train/run_checkpoints.h"

namespace burdock {

using Kind = CheckpointRecord::Kind;

std::shared_ptr<const WeightSet> RunCheckpoints::weights() const {
    return std::make_shared<const WeightSet>(stepper_.store()->save());
}

std::shared_ptr<const TrainState> RunCheckpoints::whole(const TrainState& at) const {
    auto state = std::make_shared<TrainState>(at);
    state->schedule = schedule_.state();
    state->optimizer = stepper_.optimizerState().save();
    return state;
}

void RunCheckpoints::keepLast(TrainObserver& observer, const TrainState& at, bool needed) {
    if (!observer.readyForCheckpoint(Kind::Last, needed) && !needed) return;
    observer.onCheckpoint({Kind::Last, at.epochs, at.step, weights(), whole(at)});
    keptAt_ = at.step;
}

void RunCheckpoints::keepByHand(TrainObserver& observer, const TrainState& at) {
    (void)observer.readyForCheckpoint(Kind::Manual, /*needed=*/true);
    observer.onCheckpoint({Kind::Manual, at.epochs, at.step, weights(), nullptr});
    keptAt_ = at.step;
}

void RunCheckpoints::keepEpoch(TrainObserver& observer, const TrainState& at, bool isBest) {
    (void)observer.readyForCheckpoint(isBest ? Kind::Best : Kind::Last, /*needed=*/true);
    if (isBest) best_.reset();   // before the new copy is made
    const auto copy = weights(); // one for all of them
    if (isBest) {
        if (!observer.keepsBest()) best_ = copy;
        observer.onCheckpoint({Kind::Best, at.epochs, at.step, copy, nullptr});
    }
    if (every_ > 0 && at.epochs % every_ == 0)
        observer.onCheckpoint({Kind::Epoch, at.epochs, at.step, copy, nullptr});
    observer.onCheckpoint({Kind::Last, at.epochs, at.step, copy, whole(at)});
    keptAt_ = at.step;
}

Result<std::shared_ptr<const WeightSet>> RunCheckpoints::best(TrainObserver& observer,
                                                              const TrainState& at) const {
    if (!observer.keepsBest() || !at.bestScore) return best_;
    observer.awaitCheckpoints(); // what is given back is a copy of its own
    return observer.bestWeights();
}

} // namespace burdock
