#pragma once

#include "engine/plan/planned_steps.h"
#include "engine/plan/timeline.h"

namespace burdock {

/// The places where the steps can be parted into a body and a head, the latest first. See FrozenCut.
/// `turns`: of the plan's backward pass.
std::vector<FrozenCut> frozenCutsOf(const CheckedNetwork& network, const PlannedSteps& planned,
                                    const PlanOptions& options, const std::vector<Timeline::Turn>& turns);

/// The features of a cut, in plain order.
class CutFeatures {
  public:
    CutFeatures(const FrozenCut& at, const PlannedSteps& planned, std::int64_t batch);
    std::size_t steps() const { return steps_; } ///< of the body
    std::span<float> values() const { return values_.span(); }
    void take() const { take_(); }         ///< from the plan
    void giveBack() const { giveBack_(); } ///< to it

  private:
    std::size_t steps_;
    AlignedBuffer values_;
    std::function<void()> take_, giveBack_;
};

} // namespace burdock
