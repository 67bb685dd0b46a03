#pragma once

#include "dashboard/live_curves.h"
#include "session/run_queue.h"
#include "session/worker.h"

#include <QHash>
#include <QPointer>

namespace burdock {

/// The curves of every run of a queue, and which run live views show: the one the user chose, else the one
/// that began last.
class LiveRuns : public QObject {
    Q_OBJECT
  public:
    /// The queue's own; made on the first call.
    static LiveRuns& of(RunQueue& queue);

    RunQueue& queue() const { return queue_; }
    TrainingRun* shown() const { return shown_; } ///< null before the first run
    LiveCurves* curves() const;                   ///< of the shown run; null before the first run
    LiveCurves* curvesOf(const TrainingRun& run) const { return curves_.value(&run); }
    /// The runs of the queue that were added before the shown one and have drawn anything, the last first.
    QList<GhostRun> earlier(int most) const;
    void show(TrainingRun& run);

  signals:
    void shownChanged(); ///< another run is shown
    void changed();      ///< the shown run's state or name, or its curves

  private:
    explicit LiveRuns(RunQueue& queue);
    void watch(TrainingRun& run);
    void readBefore(storage::RunId run, LiveCurves& curves);
    void set(TrainingRun* run);

    RunQueue& queue_;
    QHash<const TrainingRun*, LiveCurves*> curves_;
    TrainingRun* shown_ = nullptr;
    bool chosen_ = false; ///< by the user, after its end: no other run takes its place by itself
    Worker reader_;       ///< of what the notebook keeps of resumed runs
};

} // namespace burdock
