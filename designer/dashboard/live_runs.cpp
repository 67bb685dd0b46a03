#include "dashboard/live_runs.h"

#include "dashboard/stored_curves.h"

#include <algorithm>

namespace burdock {
namespace {

EpochRecord toRecord(const storage::EpochRow& row) {
    EpochRecord record;
    record.epoch = row.epoch;
    record.step = row.step;
    for (const storage::NamedValue& value : row.values)
        record.values.push_back({value.name.toStdString(), value.value});
    record.samplesPerSecond = row.samplesPerSecond;
    record.seconds = row.seconds;
    record.best = row.best;
    return record;
}

} // namespace

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
    if (const auto& resumed = run.request().resumed) {
        if (const LiveCurves* drawn = curves_.value(queue_.find(*resumed)); drawn && drawn != curves)
            curves->goOnFrom(*drawn);
        // While it waited another program may have carried it on.
        connect(&run, &TrainingRun::started, curves,
                [this, curves](storage::RunId id) { readBefore(id, *curves); });
    }
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

/// What the notebook keeps of a run that goes on, whichever program has trained it before.
void LiveRuns::readBefore(storage::RunId run, LiveCurves& curves) {
    struct Kept {
        QList<SeriesCurve> curves;
        std::optional<EpochRecord> lastEpoch;
        QList<ClockPoint> clock;
    };
    reader_.post(
        &curves,
        [notebook = queue_.notebook(), run]() -> storage::Outcome<Kept> {
            const auto epochs = notebook->epochs(run);
            if (!epochs) return storage::refuse(epochs.error());
            const auto steps = notebook->steps(run);
            if (!steps) return storage::refuse(steps.error());
            Kept kept{burdock::curvesOf(*epochs, *steps), {}, clockOf(*epochs)};
            if (!epochs->isEmpty()) kept.lastEpoch = toRecord(epochs->last());
            return kept;
        },
        [curves = &curves](const storage::Outcome<Kept>& kept) {
            // What cannot be read, the Notebook tells; the run itself goes on.
            if (kept) curves->goOnFrom(kept->curves, kept->lastEpoch, kept->clock);
        });
}

QList<GhostRun> LiveRuns::earlier(int most) const {
    QList<GhostRun> ghosts;
    const auto& runs = queue_.runs();
    auto at = std::find(runs.begin(), runs.end(), shown_);
    while (at != runs.begin() && ghosts.size() < most) {
        const TrainingRun* run = *--at;
        const LiveCurves* curves = curves_.value(run);
        const bool same = shown_ && run->runId() == shown_->runId(); // which goes on from it
        if (!curves || curves->isEmpty() || same) continue;
        const QString number = QStringLiteral("#%1").arg(run->runId().value);
        ghosts.append({number + u' ' + run->name(), number, curves->curves(), curves->clock()});
    }
    return ghosts;
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
