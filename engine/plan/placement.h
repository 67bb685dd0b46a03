#pragma once

#include "engine/plan/arena_planner.h"
#include "engine/plan/timeline.h"

namespace burdock {

/// Where in one arena the values, gradients and workspaces of all steps lie.
class Placement {
  public:
    /// With PlanOptions::recompute the timeline is the one that needs the least memory.
    Placement(PlannedSteps& planned, const ParameterStore& store, const PlanOptions& options);

    std::int64_t floats() const { return arena_.floats; }
    const Timeline& timeline() const { return timeline_; }
    /// Binds every step to its place in `arena`, which holds floats().
    void bind(float* arena);

  private:
    struct Wanted {
        std::vector<BufferUse> uses;
        std::vector<float**> targets; ///< who is told the place of each
        float* scratch = nullptr;
        std::vector<float*> workspaces;
    };
    void aliasGradients();
    void stageGradients();
    void want(float** target, std::int64_t floats, TimeSpan span, TimeSpan again = {});
    void wantValues();
    void wantGradients();
    void wantWorkspaces();
    void wantStagedGradients();
    void arrange(Timeline timeline);
    void bindStep(std::size_t index);

    std::size_t aliasOf(std::size_t value) const { return aliases_[planned_.rootOf(value)]; }
    const Layout& storedLayout(const PlannedStep& step, std::size_t place) const;
    Layout madeLayout(const PlannedStep& step, std::size_t place) const;

    PlannedSteps& planned_;
    const ParameterStore& store_;
    const bool training_;
    std::vector<std::int64_t> rootFloats_; ///< by root, of the largest value that lies there
    /// The value whose gradient's memory each value's gradient shares, by roots.
    std::vector<std::size_t> aliases_;
    Timeline timeline_;
    Wanted wanted_;
    ArenaPlan arena_;
};

} // namespace burdock
