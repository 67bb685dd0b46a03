#pragma once

#include "engine/plan/planned_steps.h"

namespace burdock {

/// The order of a training step's work. Forward of step i has the time i, the loss the number of steps; then
/// backward goes from the last step to the first.
///
/// With recomputation (Chen, Xu, Zhang, Guestrin: Training deep nets with sublinear memory cost, 2016) the
/// steps are cut into segments. What a later segment reads is kept; what only its own segment reads is given
/// up after forward, and computed again before the segment's backward.
struct Timeline {
    static constexpr int never = -1;

    struct Turn {
        std::size_t step;
        bool again; ///< forward once more, otherwise backward
    };
    std::vector<Turn> turns;   ///< after the loss
    std::vector<int> backward; ///< the time of each step's backward; never where it has none
    std::vector<int> again;    ///< the time of each step's second forward
    std::vector<bool> givenUp; ///< by root: the value is not kept from forward to backward
    int loss = 0;
    int end = 0; ///< after everything
};

/// With `cuts`, the first steps of all segments but the first, in order; without any, nothing is recomputed.
Timeline timelineOf(const PlannedSteps& planned, bool training, const std::vector<std::size_t>& cuts = {});

/// Ways to cut the steps into segments, coarse and fine, each where little is read across the border.
std::vector<std::vector<std::size_t>> proposeCuts(const PlannedSteps& planned);

} // namespace burdock
