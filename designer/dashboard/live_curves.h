#pragma once

#include "dashboard/curve_math.h"
#include "session/training_run.h"

#include <QTimer>

namespace burdock {

/// The curves of one run: the one taker of its steps, polled at 20 Hz while it is going on, from which every
/// live view draws. LiveRuns makes one for each run of the queue.
class LiveCurves : public QObject {
    Q_OBJECT
  public:
    explicit LiveCurves(TrainingRun& run); ///< becomes the run's child

    /// Begins with what was drawn of the same run before it was stopped.
    void goOnFrom(const LiveCurves& before);

    const Points& loss() const { return loss_; }                     ///< of every step
    const Points& accuracy() const { return accuracy_; }             ///< of every step; empty for regression
    const Points& validationLoss() const { return validationLoss_; } ///< of every epoch, at its last step
    const Points& validationAccuracy() const { return validationAccuracy_; }
    double recentLoss() const; ///< mean over the last 50 steps; NaN before
    double recentAccuracy() const;
    const std::optional<EpochRecord>& lastEpoch() const { return lastEpoch_; }
    const std::optional<FinishRecord>& result() const { return result_; }
    bool isEmpty() const { return loss_.isEmpty(); }

  signals:
    void changed(); ///< new steps, a new epoch, or the end

  private:
    void take();

    TrainingRun& run_;
    QTimer poll_;
    Points loss_, accuracy_, validationLoss_, validationAccuracy_;
    std::optional<EpochRecord> lastEpoch_;
    std::optional<FinishRecord> result_;
};

} // namespace burdock
