#pragma once

#include "dashboard/curve_math.h"
#include "session/training_session.h"

#include <QTimer>

namespace burdock {

/// The curves of the run that is being trained, or was last: the one taker of the session's steps, polled at
/// 20 Hz, from which every live view draws.
class LiveCurves : public QObject {
    Q_OBJECT
  public:
    /// The session's own; made on the first call.
    static LiveCurves& of(TrainingSession& session);

    const Points& loss() const { return loss_; }                     ///< of every step
    const Points& accuracy() const { return accuracy_; }             ///< of every step; empty for regression
    const Points& validationLoss() const { return validationLoss_; } ///< of every epoch, at its last step
    const Points& validationAccuracy() const { return validationAccuracy_; }
    double recentLoss() const; ///< mean over the last 50 steps; NaN before
    double recentAccuracy() const;
    const std::optional<EpochRecord>& lastEpoch() const { return lastEpoch_; }
    const std::optional<FinishRecord>& result() const { return result_; }
    bool isEmpty() const { return loss_.isEmpty(); }
    bool everStarted() const { return everStarted_; }

  signals:
    void reset();   ///< a new run begins
    void changed(); ///< new steps, a new epoch, or the end

  private:
    explicit LiveCurves(TrainingSession& session);
    void take();

    TrainingSession& session_;
    QTimer poll_;
    Points loss_, accuracy_, validationLoss_, validationAccuracy_;
    std::optional<EpochRecord> lastEpoch_;
    std::optional<FinishRecord> result_;
    bool everStarted_ = false;
};

} // namespace burdock
