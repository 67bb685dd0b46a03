#pragma once

#include "engine/train/rate_finder.h"
#include "session/worker.h"

#include <QDialog>

#include <atomic>

class QLabel;
class QProgressBar;
class QPushButton;

namespace burdock {

class CurveChart;
class Workspace;

/// Reads the learning rate off the loss: trains a copy of the network for some hundred steps while the rate
/// grows, draws the loss over it, and sets the rate where the loss falls most steeply if the user likes it.
class RateFinderDialog : public QDialog {
    Q_OBJECT
  public:
    /// Begins at once. The workspace's network and data must be trainable.
    explicit RateFinderDialog(Workspace& workspace, QWidget* parent = nullptr);
    ~RateFinderDialog() override; ///< ends a sweep that is going on

    CurveChart& chart() const { return *chart_; }
    QPushButton& useButton() const { return *use_; }

  private:
    void show(const Result<RateSweep>& sweep);

    Workspace& workspace_;
    CurveChart* chart_;
    QLabel* message_;
    QProgressBar* bar_;
    QPushButton* use_;
    std::optional<double> suggested_;
    std::atomic<bool> cancelled_{false};
    Worker worker_; // last: it ends before what its job uses
};

} // namespace burdock
