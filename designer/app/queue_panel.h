#pragma once

#include <QTimer>
#include <QWidget>

class QLabel;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace burdock {

class LiveRuns;
class QueueRow;
class RunQueue;
class TrainingRun;
class Workspace;

/// The queue as a list: the runs that are trained, those that wait in their order, and those that have ended;
/// the chosen one is shown below. Not seen before the first run.
class QueuePanel : public QWidget {
    Q_OBJECT
  public:
    explicit QueuePanel(Workspace& workspace, QWidget* parent = nullptr);

    QListWidget& list() const { return *list_; }

  private:
    void rebuild();
    void refresh();
    QueueRow* row(int index) const;

    Workspace& workspace_;
    RunQueue& queue_;
    LiveRuns& runs_;
    QLabel* title_;
    QListWidget* list_;
    QSpinBox* atOnce_;
    QPushButton *startAll_, *stopAll_;
    std::vector<TrainingRun*> listed_;
    QTimer soon_, poll_;
};

} // namespace burdock
