#pragma once

#include "engine/train/checkpoint.h"
#include "engine/train/schedule.h"
#include "engine/train/stepper.h"
#include "engine/train/train_event.h"

namespace burdock {

/// The refusal of a checkpoint's state that its run cannot have reached; `where`: the network.
Diagnostic notOfThisRun(std::string where, std::string why);

/// Takes a run's checkpoints and hands them to its observer. Holds the best weights where the observer does
/// not keep them; otherwise no more than one copy of weights and optimizer at a time.
class RunCheckpoints {
  public:
    /// `every`: epochs between two that stay; 0: none do. Stepper and schedule must outlive it.
    RunCheckpoints(const Stepper& stepper, const Schedule& schedule, std::int64_t every)
        : stepper_(stepper)
        , schedule_(schedule)
        , every_(every) {}

    // `at`: where the run stands, but for the schedule and the optimizer.
    /// One now and then may be left out where the one before is still being written, unless it is `needed`.
    void keepLast(TrainObserver& observer, const TrainState& at, bool needed);
    void keepByHand(TrainObserver& observer, const TrainState& at);
    /// Tells the epoch as well: once the copies of its weights are made, for which there may be no room.
    void keepEpoch(TrainObserver& observer, const TrainState& at, const EpochRecord& epoch);

    /// Of a resumed run, from before.
    void setBest(std::shared_ptr<const WeightSet> best) { best_ = std::move(best); }
    void setKept(std::int64_t step) { keptAt_ = step; }
    /// The step of the last one that was taken, if there is one.
    std::optional<std::int64_t> keptAt() const { return keptAt_; }
    /// What a run that failed leaves behind, told along with why.
    Diagnostic withWhatIsKept(Diagnostic problem) const;
    /// Null before there are any.
    Result<std::shared_ptr<const WeightSet>> best(TrainObserver& observer, const TrainState& at) const;

  private:
    std::shared_ptr<const WeightSet> weights() const;
    std::shared_ptr<const TrainState> whole(const TrainState& at) const;

    const Stepper& stepper_;
    const Schedule& schedule_;
    std::int64_t every_;
    std::shared_ptr<const WeightSet> best_;
    std::optional<std::int64_t> keptAt_;
};

} // namespace burdock
