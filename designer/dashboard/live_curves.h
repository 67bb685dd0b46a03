#pragma once

#include "dashboard/metric_charts.h"
#include "session/training_run.h"

#include <QTimer>

#include <limits>
#include <map>

namespace burdock {

/// The curves of one run: the one taker of its steps, polled at 20 Hz while it is going on, from which every
/// live view draws. LiveRuns makes one for each run of the queue.
class LiveCurves : public QObject {
    Q_OBJECT
  public:
    explicit LiveCurves(TrainingRun& run); ///< becomes the run's child

    /// Begins with what was drawn of the same run before it was stopped.
    void goOnFrom(const LiveCurves& before);
    /// With what the notebook keeps of it instead, however far the run has gone on meanwhile.
    void goOnFrom(const QList<SeriesCurve>& kept, const std::optional<EpochRecord>& lastEpoch,
                  const QList<ClockPoint>& clock = {});

    /// All series that were told, in reading order.
    std::vector<std::string> names() const;
    const Points& points(const std::string& name) const; ///< empty where there is no such series
    QList<SeriesCurve> curves() const;
    double recent(const std::string& name) const; ///< mean over the last 50 points; NaN before
    /// The metric that tells most beside the loss, "accuracy"; empty where only the loss is measured.
    std::string headlineMetric() const;
    const std::optional<EpochRecord>& lastEpoch() const { return lastEpoch_; }
    /// At the end of every epoch that is known, and now.
    QList<ClockPoint> clock() const;
    const std::optional<FinishRecord>& result() const { return result_; }
    bool isEmpty() const { return series_.empty(); }

  signals:
    void changed(); ///< new steps, a new epoch, or the end

  private:
    void take();

    TrainingRun& run_;
    QTimer poll_;
    struct Series {
        Points points; ///< at the steps they belong to
        bool everyStep = false;
    };
    std::map<std::string, Series> series_;
    double firstStep_ = std::numeric_limits<double>::infinity(); ///< of those taken
    std::optional<EpochRecord> lastEpoch_;
    QList<ClockPoint> clock_; ///< at the ends of epochs
    std::optional<FinishRecord> result_;
};

} // namespace burdock
