#include "engine/train/run_checkpoints.h"

namespace burdock {

using Kind = CheckpointRecord::Kind;

Diagnostic notOfThisRun(std::string where, std::string why) {
    Diagnostic d;
    d.code = "weights.damaged";
    d.where = std::move(where);
    d.what = "The state of the training is not one of this run.";
    d.why = std::move(why);
    d.mend = "Take another checkpoint of the run, or start from its weights.";
    return d;
}

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

void RunCheckpoints::keepEpoch(TrainObserver& observer, const TrainState& at, const EpochRecord& epoch) {
    (void)observer.readyForCheckpoint(epoch.best ? Kind::Best : Kind::Last, /*needed=*/true);
    if (epoch.best) best_.reset(); // before the new copy is made
    const auto copy = weights();   // one for all of them
    const auto state = whole(at);
    observer.onEpoch(epoch);
    if (epoch.best) {
        if (!observer.keepsBest()) best_ = copy;
        observer.onCheckpoint({Kind::Best, at.epochs, at.step, copy, nullptr});
    }
    if (every_ > 0 && at.epochs % every_ == 0)
        observer.onCheckpoint({Kind::Epoch, at.epochs, at.step, copy, nullptr});
    observer.onCheckpoint({Kind::Last, at.epochs, at.step, copy, state});
    keptAt_ = at.step;
}

Diagnostic RunCheckpoints::withWhatIsKept(Diagnostic problem) const {
    problem.mend += keptAt_ ? " The weights of step " + std::to_string(*keptAt_) + " are kept."
                            : " No weights of the run are kept: it failed before there were good ones.";
    return problem;
}

Result<std::shared_ptr<const WeightSet>> RunCheckpoints::best(TrainObserver& observer,
                                                              const TrainState& at) const {
    if (!observer.keepsBest() || !at.bestScore) return best_;
    observer.awaitCheckpoints(); // what is given back is a copy of its own
    return observer.bestWeights();
}

} // namespace burdock
