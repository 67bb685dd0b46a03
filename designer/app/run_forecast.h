#pragma once

#include "session/estimate.h"
#include "session/expected_time.h"

#include <QObject>

#include <atomic>

namespace burdock {

class Workspace;

/// How long the run that Train would begin now is expected to take. It is measured beside the window, a
/// moment after network, data or settings have changed, while nothing is trained; a change or a run breaks it
/// off.
class RunForecast : public QObject {
    Q_OBJECT
  public:
    explicit RunForecast(Workspace& workspace);
    ~RunForecast() override; ///< waits until a measurement is broken off

    /// Of what is there now; none until it is measured, and where it cannot be.
    const std::optional<ExpectedTime>& time() const { return time_; }
    /// Where that is long: the data with fewer of their samples.
    const std::optional<SmallerData>& smaller() const { return smaller_; }
    /// Takes the smaller set, and tells how all come back.
    void takeSmaller();

  signals:
    void changed();

  private:
    struct Asked {   ///< what a time is of
        Graph graph; ///< where its cards stand and what they are called takes no time
        std::string settings;
        std::shared_ptr<const Dataset> data;
        int threads = 0;
        bool operator==(const Asked&) const = default;
    };
    struct Answer {
        ExpectedTime time;
        std::optional<SmallerData> smaller;
    };
    Asked now() const;
    bool isPossible() const;
    void follow();
    void measure();
    void forget();

    Workspace& workspace_;
    std::optional<ExpectedTime> time_;
    std::optional<SmallerData> smaller_;
    std::optional<Asked> asked_; ///< what the time is of, or is being measured of, or could not be
    /// Of the measurement that is wanted; another one breaks off.
    std::atomic<int> wanted_ = 0;
    Estimate soon_; // last: it ends before what its work uses
};

} // namespace burdock
