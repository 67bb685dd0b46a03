#pragma once

#include "engine/schema/param_table.h"
#include "engine/schema/registry.h"

#include <functional>
#include <memory>

namespace burdock {

/// How long a run is meant to be, and the rate that its settings name.
struct ScheduleSetup {
    double learningRate = 1e-3;
    std::int64_t stepsPerEpoch = 1;
    std::int64_t epochs = 1;

    std::int64_t steps() const { return stepsPerEpoch * epochs; }
};

/// The learning rate over a run. Apart from what observe() has told, the rate follows from the step alone.
class Schedule {
  public:
    virtual ~Schedule() = default;
    /// `step` counts from 1.
    virtual double rate(std::int64_t step) const = 0;
    /// The value judged after each epoch (validation loss, or training loss without validation data).
    virtual void observe(double /*loss*/) {}
    /// What it has learnt from observe(), for checkpoints.
    virtual std::vector<double> state() const { return {}; }
    /// False, and nothing changed, for what is no state of such a schedule.
    virtual bool restore(const std::vector<double>& state) { return state.empty(); }
};

struct ScheduleSchema {
    static constexpr std::string_view kind = "schedule", plural = "schedules";
    std::string id;
    std::string name;
    std::string doc;
    std::string formula;
    std::vector<ParamSpec> params;
    std::function<std::unique_ptr<Schedule>(const ParamValues&, const ScheduleSetup&)> make;
    std::string_view lacks() const { return make ? "" : "make"; }
};

Registry<ScheduleSchema>& schedules();
const ScheduleSchema* findSchedule(std::string_view id);

} // namespace burdock
