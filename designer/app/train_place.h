#pragma once

#include <QWidget>

class QSplitter;

namespace burdock {

class LiveDashboard;
class TrainingForm;
class Workspace;

/// Where training is set up and watched: the form at the left, the run's curves beside it.
class TrainPlace : public QWidget {
    Q_OBJECT
  public:
    explicit TrainPlace(Workspace& workspace, QWidget* parent = nullptr);

    TrainingForm& form() { return *form_; }
    LiveDashboard& dashboard() { return *dashboard_; }

  private:
    TrainingForm* form_;
    LiveDashboard* dashboard_;
};

} // namespace burdock
