#include "dashboard/live_runs.h"

namespace burdock {

LiveRuns& LiveRuns::of(RunQueue& queue) {
    if (auto* runs = queue.findChild<LiveRuns*>(QString(), Qt::FindDirectChildrenOnly)) return *runs;
    return *new LiveRuns(queue);
}

LiveRuns::LiveRuns(RunQueue& queue)
    : QObject(&queue)
    , queue_(queue) {
    connect(&queue, &RunQueue::added, this, [this](TrainingRun* run) {
        watch(*run);
        if (run->state() == TrainingRun::State::Waiting) chosen_ = false; // asked for since
    });
    connect(&queue, &RunQueue::aboutToRemove, this, [this](TrainingRun* run) {
        curves_.remove(run); // its child
        if (run != shown_) return;
        chosen_ = false;
        const std::vector<TrainingRun*> active = queue_.active();
        set(active.empty() ? nullptr : active.front());
    });
    for (TrainingRun* run : queue.runs()) {
        watch(*run);
        if (!run->isWaiting()) shown_ = run;
    }
}

LiveCurves* LiveRuns::curves() const {
    return shown_ ? curves_.value(shown_) : nullptr;
}

void LiveRuns::watch(TrainingRun& run) {
    auto* curves = new LiveCurves(run);
    curves_[&run] = curves;
    if (run.request().resumed)
        if (const TrainingRun* before = queue_.find(*run.request().resumed))
            if (const LiveCurves* drawn = curves_.value(before)) curves->goOnFrom(*drawn);
    connect(curves, &LiveCurves::changed, this, [this, run = &run] {
        if (run == shown_) emit changed();
    });
    connect(&run, &TrainingRun::renamed, this, [this, run = &run] {
        if (run == shown_) emit changed();
    });
    connect(&run, &TrainingRun::stateChanged, this, [this, run = &run] {
        const bool keepsPlace = shown_ && shown_ != run && (shown_->isActive() || chosen_);
        if (run->state() == TrainingRun::State::Starting && !keepsPlace) set(run);
        if (run == shown_) emit changed();
    });
}

void LiveRuns::show(TrainingRun& run) {
    chosen_ = run.state() == TrainingRun::State::Ended;
    set(&run);
}

void LiveRuns::set(TrainingRun* run) {
    if (run == shown_) return;
    shown_ = run;
    if (run && run->isActive()) chosen_ = false;
    emit shownChanged();
}

} // namespace burdock
