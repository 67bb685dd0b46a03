#pragma once

#include "engine/data/dataset_catalog.h"
#include "engine/models/templates.h"
#include "session/worker.h"
#include "storage/notebook/notebook.h"

#include <QObject>
#include <QTimer>

#include <atomic>
#include <deque>
#include <map>
#include <optional>

namespace burdock {

/// How long an epoch of a template takes on its own data on this machine.
struct EpochTime {
    enum class Source {
        Run,      ///< a kept run has taken so long
        Measured, ///< by some steps
        Estimated ///< by its multiply-adds
    };
    double seconds = 0; ///< validation included
    qint64 samples = 0; ///< to train on; 0: not known
    Source source = Source::Measured;
};

/// Knows how long templates train here: from the notebook's runs of them, else from a few steps of each that
/// are measured once beside the window, while nothing is trained, and remembered for this machine and
/// version.
class TrainingTimes : public QObject {
    Q_OBJECT
  public:
    TrainingTimes(std::shared_ptr<storage::Notebook> notebook, const DatasetCatalog& catalog,
                  QObject* parent = nullptr);
    ~TrainingTimes() override; ///< breaks off what is being measured

    /// Reads the notebook, then measures what is missing. Again: after runs have ended.
    void begin();
    /// While something is trained nothing is measured: what is being measured is broken off, and measured
    /// later.
    void setBusy(bool busy);

    std::optional<EpochTime> of(const std::string& templateId) const;
    /// Multiply-adds a second in training a convolutional network, three for each of the forward pass; none
    /// until it is measured.
    std::optional<double> speed() const;
    bool isMeasuring() const { return measuring_; }
    /// Whether a template's time is still to be measured.
    bool isOpen(const std::string& templateId) const;

    /// What takes more multiply-adds than this a step is not measured but estimated by speed().
    static constexpr double mostMeasured = 4e10;

  signals:
    void changed();

  private:
    void readRuns();
    void takeRemembered();
    void measureNext();
    void remember(const ModelTemplate& model, EpochTime time, std::optional<double> speed);

    std::shared_ptr<storage::Notebook> notebook_;
    const DatasetCatalog& catalog_;
    std::map<std::string, EpochTime> runs_, measured_;
    std::optional<double> speed_;
    std::deque<const ModelTemplate*> open_; ///< still to be measured
    bool begun_ = false, busy_ = false, measuring_ = false;
    QTimer later_;
    std::atomic<int> wanted_{0}; ///< the measurement that is wanted; another one breaks off
    Worker worker_;              // last: it ends before what its jobs use
};

} // namespace burdock
