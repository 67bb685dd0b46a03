#pragma once

#include "storage/notebook/records.h"

#include <QWidget>

namespace burdock {

class MetricCharts;
class RunQueue;

/// The run that LiveRuns shows: its numbers, and loss and accuracy as they move. Says what to do when there
/// was none.
class LiveDashboard : public QWidget {
    Q_OBJECT
  public:
    explicit LiveDashboard(RunQueue& queue, QWidget* parent = nullptr);
    ~LiveDashboard() override;

    MetricCharts& charts() const;
    /// Puts another view of the shown run beside the curves, or below them where there is no room; as long as
    /// it is hidden, the curves have all of it.
    void setBeside(QWidget* view);
    /// The network that is being drawn: a run of another one is told to be an earlier one's.
    void setNetwork(const QString& name);
    /// How often the curves were drawn.
    int redraws() const;

  signals:
    /// The shown run was stopped and is to go on.
    void resumeWanted(burdock::storage::RunId run);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace burdock
