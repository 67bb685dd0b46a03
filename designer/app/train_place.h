#pragma once

#include <QWidget>

class QSplitter;

namespace burdock {

class LiveDashboard;
class QueuePanel;
class TrainingForm;
class Workspace;

/// Where training is set up and watched: the form at the left, the queue and the shown run's curves beside
/// it.
class TrainPlace : public QWidget {
    Q_OBJECT
  public:
    explicit TrainPlace(Workspace& workspace, QWidget* parent = nullptr);

    TrainingForm& form() { return *form_; }
    QueuePanel& queue() { return *queue_; }
    LiveDashboard& dashboard() { return *dashboard_; }

  private:
    TrainingForm* form_;
    QueuePanel* queue_;
    LiveDashboard* dashboard_;
};

} // namespace burdock
